import type { Duplex } from 'node:stream';

/**
 * Bytes a transport holds at most for one connection; above, the connection is ended. The relay stops sending long before;
 * a single event may be as large as a log, and in base64, and must still pass.
 */
export const MAX_UNSENT_BYTES = 67_108_864;

/** Answers an upgrade request that is not taken. Node has let go of the socket by now: nobody else hears its errors, or ends it where the client does not. */
export function rejectUpgrade(socket: Duplex, response: string): void {
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(response);
}
