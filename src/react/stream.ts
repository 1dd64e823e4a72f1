import type { StreamHandle, StreamSummary } from '../client.ts';

/** What `useStream` returns. A new object only when something it says has changed; never for text. */
export interface Stream extends Omit<StreamSummary, 'key'> {
  /** The client's reference; `undefined` on the server and in the first render. Its `record` holds text and parts. */
  readonly handle: StreamHandle | undefined;
  /** Whether display is held. The log goes on, and so does the status here. */
  readonly paused: boolean;
  /** Whether `retry` does something: the source is a request. */
  readonly retryable: boolean;
  /** Holds display; the stream goes on. */
  pause(): void;
  /** Shows everything that came meanwhile. */
  resume(): void;
  /** Stops the generation, for everybody. @throws {StreamError} when the relay could not be asked */
  stop(): Promise<void>;
  /** Sends the request again, as a new stream. Does nothing where `retryable` is false. */
  retry(): void;
}
