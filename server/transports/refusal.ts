import type { Duplex } from 'node:stream';

import { type ErrorCode, errorTable, type StreamError } from '../../src/wire/index.ts';
import { securityHeaders } from './security.ts';

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

/** A refusal as the bytes of a whole HTTP answer, where there is no response to write to; the body is a problem document (docs/PROTOCOL.md, RL8). */
export function rawProblem({ code, message, retryable }: StreamError, status: number = errorTable[code].status): string {
  const body = JSON.stringify({ type: 'about:blank', title: titleOf(code), status, code, detail: message, retryable });
  const headers = {
    connection: 'close',
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    ...securityHeaders,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Refused\r\n${lines.join('')}\r\n${body}`;
}

/** `stream_conflict` → `Stream conflict`. */
export function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
