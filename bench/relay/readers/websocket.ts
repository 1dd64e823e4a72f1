import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/**
 * A WebSocket client as cheap as it gets: no object per message, one read buffer for all, frames found by their headers only.
 * Enough for these servers: they send whole, unmasked, uncompressed frames.
 */
export interface WebSocketClient {
  send(payload: Uint8Array, text?: boolean): void;
}

/** The payload is only valid during the call. */
export type OnPayload = (payload: Uint8Array) => void;

const shared = new Uint8Array(262_144);

export function connectWebSocket(port: number, path: string, onPayload: OnPayload): Promise<WebSocketClient> {
  return new Promise((resolve, reject) => {
    let rest = new Uint8Array(0);
    let open = false;
    const client: WebSocketClient = { send: (payload, text = false) => void socket.write(frame(payload, text ? 1 : 2)) };
    const receive = (chunk: Uint8Array): void => {
      let bytes = chunk;
      if (rest.length > 0) {
        bytes = new Uint8Array(rest.length + chunk.length);
        bytes.set(rest);
        bytes.set(chunk, rest.length);
      }
      let at = 0;
      if (!open) {
        const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\r\n\r\n');
        if (end < 0) {
          rest = bytes.slice();
          return;
        }
        open = true;
        at = end + 4;
        resolve(client);
      }
      for (;;) {
        if (bytes.length - at < 2) break;
        let length = (bytes[at + 1] as number) & 0x7f;
        let from = at + 2;
        if (length === 126) {
          if (bytes.length - at < 4) break;
          length = (bytes[at + 2] as number) * 256 + (bytes[at + 3] as number);
          from = at + 4;
        } else if (length === 127) {
          if (bytes.length - at < 10) break;
          length = new DataView(bytes.buffer, bytes.byteOffset + at + 6).getUint32(0);
          from = at + 10;
        }
        if (bytes.length < from + length) break;
        const opcode = (bytes[at] as number) & 0x0f;
        const payload = bytes.subarray(from, from + length);
        if (opcode === 9) socket.write(frame(payload, 10));
        else if (opcode === 8) socket.destroy(new Error('The server closed a WebSocket during the benchmark.'));
        else onPayload(payload);
        at = from + length;
      }
      rest = at === bytes.length ? rest.subarray(0, 0) : bytes.slice(at);
    };
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (count: number, buffer: Uint8Array) => {
          receive(buffer.subarray(0, count));
          return true;
        },
      },
    });
    socket.once('error', (cause) => (open ? fail(cause) : reject(cause)));
    socket.once('connect', () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
      );
    });
  });
}

function fail(cause: Error): void {
  if (process.connected) throw cause;
}

function frame(payload: Uint8Array, opcode: number): Buffer {
  const wide = payload.length > 125;
  if (payload.length > 65_535) throw new Error('Longer than these clients ever send.');
  const head = wide ? 8 : 6;
  const bytes = Buffer.allocUnsafe(head + payload.length);
  bytes[0] = 0x80 | opcode;
  bytes[1] = 0x80 | (wide ? 126 : payload.length);
  if (wide) bytes.writeUInt16BE(payload.length, 2);
  const mask = randomBytes(4);
  mask.copy(bytes, head - 4);
  for (let index = 0; index < payload.length; index += 1) {
    bytes[head + index] = (payload[index] as number) ^ (mask[index & 3] as number);
  }
  return bytes;
}
