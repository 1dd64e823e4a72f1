import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createOpenAI, createSqliteStorage, type LogStorage } from '../../../server/index.ts';
import type { RelayCore } from '../../../server/relay/relay.ts';
import { foldedText, type StreamFold } from '../../../src/wire/index.ts';
import { relayCli } from '../../support/cli.ts';
import { connectClient } from '../../support/connect.ts';
import { startCore } from '../../support/core.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { frameLines } from '../../support/replay.ts';
import { copyFiles } from '../log/stored.ts';
import { type Keeper, keptLines, type Reply, startKeeper } from '../providers/keeper.ts';

vi.setConfig({ testTimeout: 30_000 });

const frames = frameLines('openai', keptLines);
/** All but what ends it. */
const UNENDED = { cutAt: frames.slice(0, -1).join('').length, silent: true };

interface Opened {
  readonly core: RelayCore;
  readonly storage: LogStorage;
}

function open(directory: string, { baseURL }: Keeper, commitEvents = 1_000): Opened {
  const storage = createSqliteStorage({ directory, commitMs: 60_000, commitEvents });
  onTestFinished(() => storage.close());
  const providers = [createOpenAI({ apiKey: 'key', baseURL, maxResumeAttempts: 2 })];
  return { core: startCore({}, { storage, providers }), storage };
}

const foldOf = (core: RelayCore): StreamFold | undefined => core.streams.fold('a')?.fold;
const contentOf = (fold: StreamFold | undefined): unknown => fold && { ...fold, createdAt: 0 };

/** The answer without any interruption, and how many events it has before the last frame. */
async function undisturbed(): Promise<{ fold: StreamFold | undefined; unended: number }> {
  const started = async (...replies: readonly Reply[]): Promise<RelayCore> => {
    const { core } = open(temporaryDirectory(), await startKeeper(...replies));
    core.streams.create({ id: 'a', provider: 'openai', model: 'm', prompt: 'p', options: { background: true } });
    return core;
  };
  const whole = await started({});
  await vi.waitFor(() => expect(whole.stats.finished).toBe(1));
  const fold = foldOf(whole);
  // Its last frame has the usage and the end.
  return { fold, unended: (fold?.seq ?? 0) - 2 };
}

/** Creates the stream, waits until all but its end has come, and copies the files, which have every `commitEvents`th state of it. */
async function killed(keeper: Keeper, commitEvents: number, background = true): Promise<{ copy: string; epoch: string; unended: number }> {
  const [directory, copy] = [temporaryDirectory(), temporaryDirectory()];
  const { core } = open(directory, keeper, commitEvents);
  const { epoch } = core.streams.create({ id: 'a', provider: 'openai', model: 'm', prompt: 'p', options: { background } });
  const { unended } = await undisturbed();
  await vi.waitFor(() => expect(foldOf(core)?.seq).toBe(unended));
  copyFiles(directory, copy);
  return { copy, epoch, unended };
}

function reader(core: RelayCore, cursor: { epoch?: string; afterSeq?: number } = {}): MemoryPeer {
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, 'stream:a', cursor);
  return peer;
}

describe('[SQ13] [RL11] an answer that its provider keeps, after its relay was killed', () => {
  test.for([1, 2, 3, 7, 20, 1_000])('goes on to its end, where every %s events were stored', async (commitEvents) => {
    const keeper = await startKeeper(UNENDED, {});
    const { fold: truth } = await undisturbed();
    const { copy, epoch, unended } = await killed(keeper, commitEvents);
    const { core, storage } = open(copy, keeper);
    const stored = Math.floor(unended / commitEvents) * commitEvents;
    expect(storage.get('stream:a')).toMatchObject({ head: stored, closed: false });
    expect(core.stats).toMatchObject({ generations: 1, failed: 0 });
    // One that was ahead of the disk, and one that begins.
    const ahead = reader(core, { epoch, afterSeq: unended });
    const late = reader(core);
    await vi.waitFor(() => expect(core.stats).toMatchObject({ finished: 1, generations: 0 }), { timeout: 10_000 });
    expect(contentOf(foldOf(core))).toEqual(contentOf(truth));
    await vi.waitFor(() => expect(ahead.ended(1) && late.ended(1)).toBe(true));
    expect(ahead.of('subscribed')[0]).toMatchObject({ answer: 'reset' });
    for (const peer of [ahead, late]) {
      expect(peer.entries(1).map(({ fromSeq }) => fromSeq)).toEqual([1, ...peer.entries(1).map(({ seq }) => seq + 1)].slice(0, -1));
      expect(peer.text(1)).toBe(truth && foldedText(truth));
    }
    expect(keeper.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /v1/responses',
      'GET /v1/responses/resp_1?stream=true',
    ]);
    expect(core.stats.resumes).toEqual({ openai: { continued: 1, 'given-up': 0 } });
    // The time to it was measured by the process that asked, if it came to that.
    expect(core.stats.firstTokenCount).toBe(0);
  });

  test('also where the relay is killed again while it reads on, and the connection breaks besides', async () => {
    const keeper = await startKeeper(UNENDED, { cutAt: frames.slice(0, 9).join('').length, silent: true }, { cutAt: 3_000 }, {});
    const first = await killed(keeper, 3);
    const second = open(first.copy, keeper);
    await vi.waitFor(() => expect(keeper.requests).toHaveLength(2));
    const again = temporaryDirectory();
    second.storage.commit();
    copyFiles(first.copy, again);
    const { core } = open(again, keeper);
    await vi.waitFor(() => expect(core.stats.finished).toBe(1), { timeout: 10_000 });
    expect(contentOf(foldOf(core))).toEqual(contentOf((await undisturbed()).fold));
    expect(keeper.requests[2]?.url).toBe('/v1/responses/resp_1?stream=true');
    expect(keeper.requests[3]?.url).toMatch(/\?stream=true&starting_after=\d+$/);
  });

  test.for([
    ['has it no more', { status: 404 }, false],
    ['cannot be reached', { status: 503 }, false],
    ['tells a shorter answer', { shift: 8 }, false],
    ['tells another answer', { ...UNENDED, told: (line: string) => line.replace(/("delta":".*?)e/, '$1E') }, true],
  ] as const)('ends with relay_restarted and all that was stored, where the provider %s', async ([, reply, cancels]) => {
    const keeper = await startKeeper(UNENDED, reply);
    const { copy, unended } = await killed(keeper, 1);
    const { core } = open(copy, keeper);
    const before = foldOf(core);
    await vi.waitFor(() => expect(core.stats.failed).toBe(1), { timeout: 20_000 });
    const fold = foldOf(core);
    expect(fold).toMatchObject({ status: 'failed', seq: unended + 1, error: { code: 'relay_restarted', retryable: true } });
    expect(fold?.parts).toEqual(before?.parts);
    if (cancels) await vi.waitFor(() => expect(keeper.requests.at(-1)?.url).toBe('/v1/responses/resp_1/cancel'));
    else expect(keeper.requests.some(({ url }) => url.endsWith('/cancel'))).toBe(false);
  });

  test('[RL5] is stopped at the provider, too, when it is stopped while it is read on', async () => {
    const keeper = await startKeeper(UNENDED, { cutAt: frames[0]?.length ?? 0, silent: true });
    const { copy } = await killed(keeper, 1);
    const { core } = open(copy, keeper);
    expect(core.streams.stop('a', 'user')).toBe(true);
    expect(foldOf(core)).toMatchObject({ status: 'stopped' });
    await vi.waitFor(() =>
      expect(keeper.requests.at(-1)).toEqual({ method: 'POST', url: '/v1/responses/resp_1/cancel', authorization: 'Bearer key' }),
    );
  });

  test('goes on where the process was really killed, for a reader that resumes, too', async () => {
    const keeper = await startKeeper(UNENDED, {});
    const { fold: truth, unended } = await undisturbed();
    const args = ['--port', '0', '--data', temporaryDirectory()];
    const env = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: keeper.baseURL };
    const first = await relayCli(args, env);
    const body = JSON.stringify({ id: 'a', provider: 'openai', model: 'm', prompt: 'p', options: { background: true } });
    const headers = { 'content-type': 'application/json', origin: new URL(first.url).origin };
    const { epoch } = (await (await fetch(new URL('/v1/streams', first.url), { method: 'POST', body, headers })).json()) as {
      epoch: string;
    };
    const reading = await connectClient('websocket', first.url);
    reading.hello();
    reading.subscribe(1, 'stream:a');
    await reading.until(() => reading.seq(1) === unended);
    first.child.kill('SIGKILL');
    await reading.ended();

    const second = await relayCli(args, env);
    const resumed = await connectClient('websocket', second.url);
    resumed.hello();
    resumed.subscribe(1, 'stream:a', { epoch, afterSeq: unended });
    await resumed.until(() => resumed.isDone(1));
    expect(resumed.of('subscribed')[0]).toMatchObject({ answer: 'reset' });
    expect(resumed.text(1)).toBe(truth && foldedText(truth));
    expect(await (await fetch(new URL('/v1/streams/a', second.url))).json()).toMatchObject({ status: 'done', seq: truth?.seq });
  });

  test('one that it does not keep ends at once, as ever, and nothing is asked for', async () => {
    const keeper = await startKeeper(UNENDED, {});
    const { copy } = await killed(keeper, 1, false);
    const { core } = open(copy, keeper);
    expect(foldOf(core)).toMatchObject({ status: 'failed', error: { code: 'relay_restarted' } });
    expect(keeper.requests).toHaveLength(1);
  });
});
