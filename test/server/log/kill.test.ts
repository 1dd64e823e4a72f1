import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createScripted } from '../../../server/providers/index.ts';
import type { Json } from '../../../src/wire/index.ts';
import { relayCli, spawnCli } from '../../support/cli.ts';
import { connectClient, type ProtocolClient } from '../../support/connect.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { copyFiles, readStored } from './stored.ts';

/** What a commit holds at most (`sqliteStorageDefaults`), and so what a reset may withdraw. */
const GROUP_BYTES = 262_144;

interface Started {
  readonly id: string;
  readonly options: { readonly [key: string]: Json };
}

/** What a reader knows when its connection breaks off. */
interface Seen {
  readonly epoch: string;
  readonly seq: number;
  readonly text: string;
  readonly done: boolean;
}

describe('kill -9 in the middle of many streams', { timeout: 120_000 }, () => {
  test.for([1, 2, 3, 4, 5, 6])(
    '[RL11] [RL12] all that was committed is served, nothing twice, and every stream ends (seed %i)',
    async (seed) => {
      const random = randomOf(seed);
      const directory = temporaryDirectory();
      const data = join(directory, 'data');
      const first = await relayCli(['--port', '0', '--data', data]);
      const streams = Array.from({ length: 24 }, (_, index): Started => {
        const short = index % 4 === 0;
        return { id: `s${index}`, options: { seed: seed * 100 + index, tokens: short ? 60 : 20_000, rate: short ? 400 : 1_000 } };
      });
      const created = await Promise.all(streams.map((stream) => create(first.url, stream)));

      const reader = await connectClient('websocket', first.url);
      reader.hello();
      for (const [index, { id }] of streams.entries()) reader.subscribe(index + 1, `stream:${id}`);
      // Some early, before anything but the journal is written, and some late.
      const wanted = 100 + Math.floor(random() ** 2 * 50_000);
      await reader.until(() => received(reader, streams.length) >= wanted);
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      await reader.ended();
      const seen = streams.map((_, index) => lookAt(reader, index + 1));

      const copy = join(directory, 'copy');
      copyFiles(data, copy);
      const stored = readStored(copy);

      const second = await relayCli(['--port', '0', '--data', data]);
      const [resumed, fresh] = [await connectClient('websocket', second.url), await connectClient('websocket', second.url)];
      for (const client of [resumed, fresh]) client.hello();
      for (const [index, { id }] of streams.entries()) {
        const { epoch, seq } = at(seen, index);
        resumed.subscribe(index + 1, `stream:${id}`, { epoch, afterSeq: seq });
        fresh.subscribe(index + 1, `stream:${id}`);
      }
      await fresh.until(() => streams.every((_, index) => fresh.isDone(index + 1)));
      await resumed.until(() => streams.every((_, index) => at(seen, index).done || resumed.isDone(index + 1)));

      let withdrawn = 0;
      for (const [index, stream] of streams.entries()) {
        const before = at(seen, index);
        const held = stored.get(`stream:${stream.id}`);
        const answer = resumed.of('subscribed').find(({ subscription }) => subscription === index + 1);
        const last = fresh.entries(index + 1).at(-1)?.event;
        const truth = await wholeText(stream);
        // Every committed event, and nothing that is not the answer.
        expect(fresh.text(index + 1)).toBe(held?.text);
        expect(truth.startsWith(fresh.text(index + 1))).toBe(true);
        if (held?.closed === true) {
          expect(answer).toMatchObject({ epoch: held.epoch, answer: before.seq === held.head ? 'live' : 'recovered' });
          expect(before.text + resumed.text(index + 1)).toBe(truth);
          expect(last?.type).toBe('finish');
        } else {
          // An end that was shown has been stored before.
          expect(before.done).toBe(false);
          expect(last).toMatchObject({ type: 'error', code: 'relay_restarted', retryable: true });
          expect(answer?.epoch).not.toBe(before.epoch);
          if (before.seq > 0) expect(answer?.answer).toBe('reset');
          expect(resumed.text(index + 1)).toBe(held?.text);
          withdrawn += Math.max(0, byteLength(before.text) - byteLength(resumed.text(index + 1)));
        }
        expect(await create(second.url, stream)).toMatchObject({ id: stream.id, epoch: answer?.epoch });
        expect((await create(second.url, { ...stream, options: { tokens: 1 } })).code).toBe('stream_conflict');
      }
      expect(withdrawn).toBeLessThanOrEqual(GROUP_BYTES);
      const shown = seen.reduce((sum, { text }) => sum + byteLength(text), 0);
      const running = streams.length - [...stored.values()].filter(({ closed }) => closed).length;
      console.log(
        `seed ${seed}: killed with ${running} of ${streams.length} streams running; ${withdrawn} of ${shown} shown bytes withdrawn`,
      );
      expect(created.map(({ epoch }) => epoch)).toEqual(streams.map(({ id }) => stored.get(`stream:${id}`)?.epoch));
    },
  );
});

test('[RL11] killed again and again, the last time while it recovers, a relay loses nothing it had', { timeout: 120_000 }, async () => {
  const data = join(temporaryDirectory(), 'data');
  const kept = new Map<string, string>();
  for (const round of [1, 2, 3]) {
    const relay = await relayCli(['--port', '0', '--data', data]);
    const reader = await connectClient('websocket', relay.url);
    reader.hello();
    for (const [index, id] of [...kept.keys()].entries()) reader.subscribe(index + 1, id);
    await reader.until(() => [...kept.keys()].every((_, index) => reader.isDone(index + 1)));
    for (const [index, text] of [...kept.values()].entries()) expect(reader.text(index + 1)).toBe(text);
    const fresh = await connectClient('websocket', relay.url);
    fresh.hello();
    for (let index = 1; index <= 4; index += 1) {
      await create(relay.url, { id: `r${round}s${index}`, options: { seed: index, tokens: 20_000, rate: 1_000 } });
      fresh.subscribe(index, `stream:r${round}s${index}`);
    }
    await fresh.until(() => received(fresh, 4) >= 1_000 * round);
    relay.child.kill('SIGKILL');
    await once(relay.child, 'exit');
    const copy = temporaryDirectory();
    copyFiles(data, copy);
    for (const [channel, { text }] of readStored(copy)) kept.set(channel, text);
    // Killed as soon as it has opened the folder, whatever it has done there by then.
    const short = spawnCli(['relay', '--port', '0', '--data', data]);
    await once(short.stdout ?? short, 'data');
    short.kill('SIGKILL');
    await once(short, 'exit');
  }
  expect(kept.size).toBe(12);
  expect([...kept.values()].filter((text) => text.length > 0).length).toBeGreaterThan(6);
});

/** Events of all subscriptions. */
function received(client: ProtocolClient, subscriptions: number): number {
  let events = 0;
  for (let subscription = 1; subscription <= subscriptions; subscription += 1) events += client.seq(subscription);
  return events;
}

function lookAt(client: ProtocolClient, subscription: number): Seen {
  const epoch = client.of('subscribed').find((frame) => frame.subscription === subscription)?.epoch ?? '';
  return { epoch, seq: client.seq(subscription), text: client.text(subscription), done: client.isDone(subscription) };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}

async function create(url: string, { id, options }: Started): Promise<{ id?: string; epoch?: string; code?: string }> {
  const body = JSON.stringify({ id, provider: 'scripted', model: 'scripted-plain', prompt: 'hi', options });
  const response = await fetch(new URL('/v1/streams', url), { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()) as { id?: string; epoch?: string; code?: string };
}

/** The same answer without a relay: the scripted model says the same at any rate. */
async function wholeText({ options }: Started): Promise<string> {
  let text = '';
  const request = { model: 'scripted-plain', prompt: 'hi', options: { ...options, rate: 0 } };
  for await (const event of createScripted().generate(request, new AbortController().signal))
    if (event.type === 'text') text += event.delta;
  return text;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
