import { createParser } from 'eventsource-parser';
import { StreamError } from '../../src/wire/index.ts';

/** One message of an upstream body: an SSE event, or a line of NDJSON. */
export interface UpstreamMessage {
  readonly event?: string | undefined;
  readonly data: string;
}

/** Cuts a byte stream into messages, wherever the bytes are cut. */
export interface Splitter {
  /** The messages these bytes complete. @throws {StreamError} `upstream_malformed` when one outgrows the bound */
  feed(bytes: Uint8Array): readonly UpstreamMessage[];
  /** The last message, where the body ended without the newlines behind it. It may be cut off. */
  end(): readonly UpstreamMessage[];
}

/** @param maxLength most UTF-16 code units one event may have */
export function createSseSplitter(maxLength: number): Splitter {
  const decoder = new TextDecoder();
  let messages: UpstreamMessage[] = [];
  let overflow = false;
  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent: (message) => messages.push(message),
    onError: (error) => {
      overflow ||= error.type === 'max-buffer-size-exceeded';
    },
  });
  const feed = (text: string): readonly UpstreamMessage[] => {
    messages = [];
    parser.feed(text);
    if (overflow) throw tooLong(maxLength);
    return messages;
  };
  return { feed: (bytes) => feed(decoder.decode(bytes, { stream: true })), end: () => feed('\n\n') };
}

export function tooLong(maxLength: number): StreamError {
  return new StreamError('upstream_malformed', `The provider sent one event of more than ${maxLength} characters; the answer ends here.`);
}
