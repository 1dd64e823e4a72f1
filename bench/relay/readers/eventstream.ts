import { connect } from 'node:net';
import type { OnPayload } from './websocket.ts';

const shared = new Uint8Array(262_144);
const newline = 10;

/**
 * A reader of an event stream as cheap as it gets: finds `data:` lines in the raw response; the lines of the chunked coding
 * never look like one. Only what follows `data: ` is a payload, and only valid during the call.
 */
export function connectEventStream(
  port: number,
  request: { method: string; path: string; body?: Uint8Array; headers?: string },
  onPayload: OnPayload,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let rest = new Uint8Array(0);
    let open = false;
    const receive = (chunk: Uint8Array): void => {
      if (!open) {
        open = true;
        const status = Buffer.from(chunk.subarray(9, 12)).toString();
        if (status !== '200') reject(new Error(`The event stream answered ${status}.`));
        resolve();
      }
      let bytes = chunk;
      if (rest.length > 0) {
        bytes = new Uint8Array(rest.length + chunk.length);
        bytes.set(rest);
        bytes.set(chunk, rest.length);
      }
      let at = 0;
      for (let end = bytes.indexOf(newline, at); end >= 0; end = bytes.indexOf(newline, at)) {
        // 'd', 'a', …: nothing but `data:` begins so here.
        if (bytes[at] === 0x64 && bytes[at + 1] === 0x61 && bytes[at + 4] === 0x3a) {
          onPayload(bytes.subarray(bytes[at + 5] === 0x20 ? at + 6 : at + 5, end));
        }
        at = end + 1;
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
    socket.once('error', reject);
    socket.once('connect', () => {
      const { method, path, body, headers = '' } = request;
      const length = body === undefined ? '' : `Content-Length: ${body.length}\r\n`;
      socket.write(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n${headers}${length}\r\n`);
      if (body !== undefined) socket.write(body);
    });
  });
}
