import { createParser } from 'eventsource-parser';
import { type ClientFrame, decodeServerMessage, StreamError } from '../../wire/index.ts';
import { problemOf } from '../problem.ts';
import { clientMessages, closeError, type OpenLink } from './link.ts';
import { FrameQueue } from './queue.ts';

const CONTENT_TYPE = 'application/vnd.sluice+msgpack';

/**
 * The first message opens the event stream, further ones are posted beside it, one at a time
 * (docs/PROTOCOL.md, CN13). There is no handshake: it is open at once, and what fails is the first post.
 */
export const openSse: OpenLink = (endpoint, callbacks, env) => {
  const abort = new AbortController();
  const queue = new FrameQueue();
  /** What did not fit into the first message. */
  let rest: Uint8Array<ArrayBuffer>[] = [];
  let session: string | undefined;
  let credentials: string | undefined;
  let begun = false;
  let posting = false;

  const end = (error: StreamError | undefined): void => {
    if (abort.signal.aborted) return;
    abort.abort();
    callbacks.ended(error);
  };
  const post = async (url: string, body: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const headers: Record<string, string> = { 'content-type': CONTENT_TYPE };
    if (credentials !== undefined) headers['authorization'] = `Bearer ${credentials}`;
    const response = await env.fetch(url, { method: 'POST', headers, body, cache: 'no-store', signal: abort.signal });
    if (response.ok) return response;
    throw await problemOf(response, 'connect_failed', 'The relay refused an SSE request');
  };
  const receive = (data: string): void => {
    const message = fromBase64(data);
    if (session === undefined) {
      const welcome = decodeServerMessage(message).find((frame) => frame.type === 'welcome');
      session = welcome?.session;
    }
    callbacks.message(message);
    flush();
  };
  const begin = async (body: Uint8Array<ArrayBuffer>): Promise<void> => {
    const response = await post(endpoint.url, body);
    if (response.body === null) throw new StreamError('connect_failed', 'The relay’s event stream has no body.');
    const parser = createParser({ onEvent: ({ data }) => receive(data) });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (abort.signal.aborted) return;
      if (done) break;
      callbacks.heard();
      parser.feed(decoder.decode(value, { stream: true }));
    }
    end(undefined);
  };
  const flush = (): void => {
    if (posting || session === undefined || (queue.empty && rest.length === 0) || abort.signal.aborted) return;
    posting = true;
    const url = `${endpoint.url.replace(/\/$/, '')}/${encodeURIComponent(session)}`;
    const frames = queue.take();
    note(frames);
    const messages = [...rest, ...clientMessages(frames)];
    rest = [];
    (async () => {
      for (const message of messages) await (await post(url, message)).body?.cancel();
      posting = false;
      flush();
    })().catch(fail);
  };
  const fail = (cause: unknown): void => {
    if (abort.signal.aborted) return;
    end(cause instanceof StreamError ? cause : closeError(undefined, session !== undefined, 'The event stream'));
  };
  /** The posts must come from the same principal as `hello`. */
  const note = (frames: readonly ClientFrame[]): void => {
    for (const frame of frames) if (frame.type === 'hello' || frame.type === 'refresh') credentials = frame.credentials ?? credentials;
  };

  queueMicrotask(() => {
    if (!abort.signal.aborted) callbacks.opened();
  });
  return {
    send(frames) {
      if (abort.signal.aborted) return;
      if (begun) {
        queue.push(frames);
        flush();
        return;
      }
      begun = true;
      note(frames);
      const [first, ...others] = clientMessages(frames);
      rest = others;
      if (first !== undefined) begin(first).catch(fail);
    },
    close: () => abort.abort(),
  };
};

function fromBase64(data: string): Uint8Array {
  const text = atob(data);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
