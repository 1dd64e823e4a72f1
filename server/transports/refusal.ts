import type { Duplex } from 'node:stream';
import { encodeServerFrame, type StreamError } from '../../src/wire/index.ts';
import type { Peer } from './peer.ts';

/** Bytes a transport holds at most for one connection; above, the connection is ended. The relay stops sending long before. */
export const MAX_UNSENT_BYTES = 16_777_216;

/** Ends a connection for what the transport itself found wrong with it: says so, and closes with the error's code. */
export function refuse(peer: Peer, error: StreamError): void {
  peer.send(encodeServerFrame({ type: 'error', code: error.code, message: error.message, retryable: error.retryable }));
  peer.close(error);
}

/** Answers an upgrade request that is not taken. Node has let go of the socket by now: nobody else hears its errors, or ends it where the client does not. */
export function rejectUpgrade(socket: Duplex, response: string): void {
  socket.on('error', () => {});
  socket.once('finish', () => socket.destroy());
  socket.end(response);
}
