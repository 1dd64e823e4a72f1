import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { byName, startBystander } from '../../support/bystander.ts';
import { startRelay } from '../../support/relay.ts';

test('[RL17] [CN11] a WebSocket offers no compression, whatever is asked for, and a compressed frame closes its connection', async () => {
  const { relay, url, port } = await startRelay({ authenticate: byName });
  const bystander = await startBystander(relay, url);
  const polite = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`, { perMessageDeflate: true });
  await new Promise((resolve) => polite.on('open', resolve));
  expect(polite.extensions).toBe('');
  polite.terminate();

  const socket = connect(port, '127.0.0.1');
  const heard: Buffer[] = [];
  socket.on('data', (chunk) => heard.push(Buffer.from(chunk)));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(
    `GET /v1/socket HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n` +
      'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-extensions: permessage-deflate\r\n\r\n',
  );
  await expect.poll(() => Buffer.concat(heard).toString('latin1')).toContain('\r\n\r\n');
  expect(Buffer.concat(heard).toString('latin1').toLowerCase()).not.toContain('sec-websocket-extensions');
  // FIN, RSV1 (“compressed”), binary; masked with zeros; one byte.
  socket.write(Uint8Array.of(0xc2, 0x81, 0, 0, 0, 0, 0x00));
  await closed;
  // A close frame with 1002, a protocol error.
  expect(Buffer.concat(heard).subarray(-4)).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xea]));
  expect(relay.stats.refused).toEqual({ bad_frame: 1 });
  await bystander.streamsOn();
});

test('[RL17] a bomb in a body is not opened: unsupported_media_type, for each encoding and route', async () => {
  const { relay, url } = await startRelay({ authenticate: byName });
  const bystander = await startBystander(relay, url);
  const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
  for (const [path, type] of [
    ['/v1/streams', 'application/json'],
    ['/v1/streams/bystander/stop', 'application/json'],
    ['/v1/sse', 'application/vnd.sluice+msgpack'],
  ] as const) {
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'gzip, identity', 'x-unheard-of']) {
      const answer = await fetch(new URL(path, url), {
        method: 'POST',
        body: bomb,
        headers: { 'content-type': type, 'content-encoding': encoding, authorization: 'Bearer bystander' },
      });
      expect({ path, encoding, status: answer.status, body: await answer.json() }).toMatchObject({
        path,
        encoding,
        status: 415,
        body: { code: 'unsupported_media_type' },
      });
    }
  }
  expect(relay.stats).toMatchObject({ refused: { unsupported_media_type: 18 }, created: 1, generations: 1 });
  await bystander.streamsOn();
});
