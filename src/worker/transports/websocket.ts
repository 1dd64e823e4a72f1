import { StreamError } from '../../wire/index.ts';
import { clientMessages, closeError, type OpenLink } from './link.ts';

/** Binary messages, one protocol message each (docs/PROTOCOL.md, CN11). */
export const openWebSocket: OpenLink = (endpoint, callbacks, env) => {
  let socket: WebSocket | undefined;
  let opened = false;
  const release = (): void => {
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // A socket closed while it connects reports an error, which nobody is to hear.
    socket.onerror = () => {};
    socket = undefined;
  };
  const end = (error: StreamError | undefined): void => {
    const ended = socket;
    if (ended === undefined) return;
    release();
    ended.close();
    callbacks.ended(error);
  };
  try {
    if (env.WebSocket === undefined) throw new StreamError('connect_failed', 'This platform has no WebSocket.');
    socket = new env.WebSocket(endpoint.url);
  } catch (cause) {
    const error = new StreamError('connect_failed', 'The WebSocket could not be made.', { cause });
    queueMicrotask(() => callbacks.ended(error));
    return { send: () => {}, close: () => {} };
  }
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    opened = true;
    callbacks.opened();
  };
  socket.onmessage = ({ data }) => {
    if (!(data instanceof ArrayBuffer)) {
      end(new StreamError('bad_frame', 'The relay sent text over WebSocket. The connection is made again.'));
      return;
    }
    callbacks.heard();
    callbacks.message(new Uint8Array(data));
  };
  socket.onclose = ({ reason }) => end(closeError(reason, opened, 'The WebSocket'));
  socket.onerror = () => {};
  return {
    send(frames) {
      if (socket?.readyState !== 1) return;
      for (const message of clientMessages(frames)) socket.send(message);
    },
    close() {
      const closing = socket;
      release();
      closing?.close();
    },
  };
};
