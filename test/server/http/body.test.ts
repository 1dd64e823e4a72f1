import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readBody } from '../../../server/http/body.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const BYTES = 200_000;
const limits = { maxBytes: 262_144, timeoutMs: 60_000 };

function request(body: ReadableStream<Uint8Array>): Request {
  return new Request('http://127.0.0.1/', { method: 'POST', body, duplex: 'half' } as RequestInit);
}

test('[RL7] a body that comes byte by byte costs no more memory than its bytes, a few times over', async () => {
  let sent = 0;
  let heldBytes = 0;
  collect();
  const before = process.memoryUsage();
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (sent < BYTES) {
          controller.enqueue(Uint8Array.of(sent % 251));
          sent += 1;
          return;
        }
        collect();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        heldBytes = heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers;
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const read = await readBody(request(body), limits);
  expect(heldBytes).toBeLessThan(20 * BYTES);
  expect([...read]).toEqual(Array.from({ length: BYTES }, (_, index) => index % 251));
});

test('[RL7] a body of exactly the limit is taken, and one byte more is refused', async () => {
  const of = (...sizes: number[]): ReadableStream<Uint8Array> =>
    new ReadableStream({
      start(controller) {
        for (const size of sizes) controller.enqueue(new Uint8Array(size));
        controller.close();
      },
    });
  expect((await readBody(request(of(100_000, 162_143, 1)), limits)).byteLength).toBe(262_144);
  await expect(readBody(request(of(100_000, 162_143, 2)), limits)).rejects.toMatchObject({ code: 'body_too_large' });
  expect((await readBody(request(of()), limits)).byteLength).toBe(0);
});

test.for([
  ['nothing', undefined],
  ['a byte now and then', 5],
] as const)('[RL7] a body that never ends is given up, whatever the server in front of it does: %s', async ([, everyMs]) => {
  let dripping: NodeJS.Timeout | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (everyMs !== undefined) dripping = setInterval(() => controller.enqueue(Uint8Array.of(1)), everyMs);
    },
    cancel() {
      cancelled = true;
      clearInterval(dripping);
    },
  });
  await expect(readBody(request(body), { ...limits, timeoutMs: 50 })).rejects.toMatchObject({ code: 'request_timeout' });
  expect(cancelled).toBe(true);
});
