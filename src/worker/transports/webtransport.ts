import { StreamError } from '../../wire/index.ts';
import { clientMessages, closeError, type OpenLink } from './link.ts';
import { MessageSplitter, prefixed } from './prefix.ts';

/**
 * One bidirectional control stream, and a unidirectional stream per subscription (docs/PROTOCOL.md, CN12).
 * Every incoming stream is accepted and read to its end, whether or not anybody wants it: a browser stalls the
 * whole session when one stream is left unread.
 */
export const openWebTransport: OpenLink = (endpoint, callbacks, env) => {
  let session: WebTransport | undefined;
  let writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  let ready = false;
  let over = false;

  const close = (): void => {
    if (over) return;
    over = true;
    try {
      session?.close();
    } catch {
      // It was closed already.
    }
  };
  const end = (error: StreamError): void => {
    if (over) return;
    close();
    callbacks.ended(error);
  };
  /** Stream and session fail together: the session's own word, which may name a code, comes first. */
  const fail = (cause: unknown): void => {
    if (cause instanceof StreamError) end(cause);
    else if (session === undefined) refuse();
    else session.closed.then(({ reason }) => end(closeError(reason, ready, 'The WebTransport session')), refuse);
  };
  const refuse = (): void => end(closeError(undefined, ready, 'The WebTransport session'));
  const drain = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const splitter = new MessageSplitter();
    const reader = stream.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      if (over) continue;
      callbacks.heard();
      for (const message of splitter.push(value)) if (!over) callbacks.message(message);
    }
  };
  const accept = async (streams: ReadableStream<ReadableStream<Uint8Array>>): Promise<void> => {
    const reader = streams.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      // A stream that is reset belongs to a subscription that is over; a malformed one ends the connection.
      drain(value).catch((cause: unknown) => {
        if (cause instanceof StreamError) end(cause);
      });
    }
  };
  const open = async (): Promise<void> => {
    if (over) return;
    if (env.WebTransport === undefined) throw new StreamError('connect_failed', 'This platform has no WebTransport.');
    const hashes = endpoint.certificateHashes.map((value) => ({ algorithm: 'sha-256', value }));
    session = new env.WebTransport(endpoint.url, hashes.length === 0 ? {} : { serverCertificateHashes: hashes });
    session.closed.then(({ reason }) => end(closeError(reason, ready, 'The WebTransport session')), refuse);
    await session.ready;
    const control = await session.createBidirectionalStream();
    writer = control.writable.getWriter();
    writer.closed.catch(() => {});
    if (over) return;
    accept(session.incomingUnidirectionalStreams).catch(fail);
    ready = true;
    callbacks.opened();
    await drain(control.readable);
    refuse();
  };
  Promise.resolve().then(open).catch(fail);

  return {
    send(frames) {
      if (over || writer === undefined) return;
      for (const message of clientMessages(frames)) writer.write(prefixed(message)).catch(fail);
    },
    close,
  };
};
