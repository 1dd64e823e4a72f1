import { type ClientFrame, concatBytes, encodeClientFrame, isErrorCode, StreamError, wireLimits } from '../../wire/index.ts';
import type { ReceiverEnv } from '../environment.ts';

/** Our end of one connection, whatever carries it. No method throws; after `close` they do nothing. */
export interface Link {
  /** Sends the frames in order, in as few messages as the limit allows. */
  send(frames: readonly ClientFrame[]): void;
  /** Ends it. No callback follows. */
  close(): void;
}

/** None is called before `open` has returned, nor after `ended`. */
export interface LinkCallbacks {
  /** The handshake is done: `send` works. */
  opened(): void;
  /** One whole message of the relay. Over WebTransport messages of different channels come in any order. */
  message(message: Uint8Array): void;
  /** Bytes arrived: the other end lives. */
  heard(): void;
  /** It is over. Without an error the relay ended it in order. */
  ended(error: StreamError | undefined): void;
}

export interface Endpoint {
  /** Absolute, with the transport's own scheme. */
  readonly url: string;
  /** WebTransport: SHA-256 of certificates to trust, for development. */
  readonly certificateHashes: readonly Uint8Array<ArrayBuffer>[];
}

/** Begins an attempt. Never throws: whatever goes wrong is `ended`. */
export type OpenLink = (endpoint: Endpoint, callbacks: LinkCallbacks, env: ReceiverEnv) => Link;

/** The frames as messages, each within the relay's limit. */
export function clientMessages(frames: readonly ClientFrame[]): Uint8Array<ArrayBuffer>[] {
  const messages: Uint8Array<ArrayBuffer>[] = [];
  let open: Uint8Array[] = [];
  let bytes = 0;
  for (const frame of frames) {
    const encoded = encodeClientFrame(frame);
    if (bytes > 0 && bytes + encoded.byteLength > wireLimits.maxClientMessageBytes) {
      messages.push(own(concatBytes(open)));
      open = [];
      bytes = 0;
    }
    open.push(encoded);
    bytes += encoded.byteLength;
  }
  if (open.length > 0) messages.push(own(concatBytes(open)));
  return messages;
}

/** Why the other end closed: the reason beside the close code is a code of the table (docs/PROTOCOL.md, CN8), or something else. */
export function closeError(reason: string | undefined, opened: boolean, what: string): StreamError {
  if (isErrorCode(reason)) return new StreamError(reason);
  return opened
    ? new StreamError('connection_lost', `${what} closed. The connection is made again and every stream resumes.`)
    : new StreamError('connect_failed', `${what} could not be opened.`);
}

/** The encoder hands out views of a shared buffer; what is sent later must own its bytes. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
