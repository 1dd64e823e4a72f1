import { expect, onTestFinished, test, vi } from 'vitest';
import { createRelay } from '../../server/index.ts';
import { creditWindowDefaults, wireLimits } from '../../src/wire/index.ts';
import type { TransportName } from '../../src/worker/messages.ts';
import { ManualSource } from '../support/source.ts';
import { TestPage } from './page.ts';
import { tcpProxy } from './proxy.ts';
import { cuttable } from './sessions.ts';

vi.setConfig({ testTimeout: 60_000 });

const { initialBytes } = creditWindowDefaults;
/** Of a batch, at most, with what overshoots its target. */
const BATCH_BYTES = wireLimits.targetBatchBytes + wireLimits.maxMergedDelta;
const CONNECTIONS = 20;
const LINE = `${'x'.repeat(999)}\n`;
const LINES = 300;
/** Bytes of a line on the wire, at least. */
const LINE_BYTES = LINE.length;

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 });

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/**
 * A page that takes nothing reads so many streams, of which each connection is cut: the worker never holds more than a window. Returns where each stood
 * whenever it was subscribed, in lines.
 */
async function interrupted(transport: TransportName, count: number): Promise<{ page: TestPage; stood: number[][]; free(): Promise<void> }> {
  const stood: number[][] = [];
  let gone = '';
  const relay = createRelay({
    providers: [],
    log: (_level, message, fields) => {
      if (message === 'Subscribed' && fields['answer'] === 'gone') gone = String(fields['stream']);
      // The cursor is what the worker has received: it holds all of that, since the page has taken none.
      if (message === 'Subscribed' && fields['answer'] !== 'gone') stood[Number(fields['stream'])]?.push(Number(fields['seq']));
    },
  });
  onTestFinished(() => relay.close());
  const { url, port } = await relay.listen({ port: 0 });
  const proxy = await tcpProxy(port);
  const quic = cuttable();
  const page = new TestPage({ ...quic.env, random: () => 0 });
  page.configure(transport === 'webtransport' ? url : proxy.url, { transport });
  page.busy = true;
  for (let key = 0; key < count; key += 1) {
    stood.push([]);
    const source = new ManualSource();
    page.attach(key, relay.streams.create({ id: `${key}`, source }).channel);
    for (let line = 0; line < LINES; line += 1) source.text(LINE);
    source.end();
  }
  await eventually(() => expect(relay.stats.deliveredBytes).toBeGreaterThan(initialBytes));
  for (let connection = 1; connection <= CONNECTIONS; connection += 1) {
    if (transport === 'webtransport') quic.cut();
    else proxy.kill();
    await eventually(() => expect(Math.min(...stood.map((cursors) => cursors.length))).toBeGreaterThan(connection));
    // Asked for after everything else, so that all the relay may send has been sent.
    page.attach(1_000 + connection, `stream:nobody-${connection}`);
    await eventually(() => expect(gone).toBe(`nobody-${connection}`));
    const held = stood.map((cursors) => (cursors.at(-1) ?? 0) * LINE_BYTES);
    // A window, and the rest of one batch.
    expect(Math.max(...held)).toBeLessThan(initialBytes + BATCH_BYTES);
    expect(sum(held)).toBeLessThan(4 * initialBytes + BATCH_BYTES);
  }
  return {
    page,
    stood,
    async free() {
      page.busy = false;
      page.acknowledge();
      await eventually(() => expect(stood.map((_, key) => page.fold(key).status)).toEqual(stood.map(() => 'done')));
    },
  };
}

const transports: readonly TransportName[] = ['webtransport', 'websocket', 'sse'];

test.each(transports)(
  '[CR10] over %s a page that takes nothing costs the worker one window of a stream, however often its connection breaks',
  async (transport) => {
    const { page, stood, free } = await interrupted(transport, 1);
    expect((stood[0]?.at(-1) ?? 0) * LINE_BYTES).toBeGreaterThan(initialBytes - BATCH_BYTES);
    await free();
    expect(page.text(0)).toBe(LINE.repeat(LINES));
    expect([page.faults, page.resets]).toEqual([[], []]);
  },
);

test.each(transports)('[CR10] over %s many streams together cost it the window of one connection', async (transport) => {
  const { page, stood, free } = await interrupted(transport, 8);
  expect(sum(stood.map((cursors) => (cursors.at(-1) ?? 0) * LINE_BYTES))).toBeGreaterThan(4 * initialBytes - stood.length * BATCH_BYTES);
  await free();
  for (const key of stood.keys()) expect(page.text(key)).toBe(LINE.repeat(LINES));
  expect([page.faults, page.resets]).toEqual([[], []]);
});
