import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSqliteStorage, type LogStorage, type SqliteStorageOptions } from '../../../server/log/index.ts';
import { createScripted } from '../../../server/providers/index.ts';
import type { RelayOptions } from '../../../server/relay/options.ts';
import type { RelayCore } from '../../../server/relay/relay.ts';
import { startCore } from '../../support/core.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { MemoryPeer } from '../../support/peer.ts';
import { ManualSource } from '../../support/source.ts';
import { fewPages } from '../log/disk.ts';
import { copyFiles, readStored } from '../log/stored.ts';

function openCore(
  directory: string,
  options: Omit<SqliteStorageOptions, 'directory'> = {},
  relay: RelayOptions = {},
): { core: RelayCore; storage: LogStorage } {
  const storage = createSqliteStorage({ directory, ...options });
  onTestFinished(() => storage.close());
  return { core: startCore(relay, { storage, providers: [createScripted()] }), storage };
}

/** Pushes, and waits until it is in the log. */
async function said(core: RelayCore, id: string, source: ManualSource, deltas: readonly string[]): Promise<void> {
  const before = core.streams.fold(id)?.fold.seq ?? 0;
  for (const delta of deltas) source.text(delta);
  await vi.waitFor(() => expect(core.streams.fold(id)?.fold.seq).toBeGreaterThanOrEqual(before + deltas.length), { interval: 1 });
}

function reading(core: RelayCore, channel: string, cursor: { epoch?: string; afterSeq?: number } = {}): MemoryPeer {
  const peer = new MemoryPeer(core);
  peer.hello();
  peer.subscribe(1, channel, cursor);
  return peer;
}

describe('after an orderly restart', () => {
  test('[RL11] [SQ7] [SQ9] a finished stream is answered live, recovered, reset or gone, as before', async () => {
    const directory = temporaryDirectory();
    const first = openCore(directory);
    const source = new ManualSource();
    const { epoch } = first.core.streams.create({ id: 'a', source });
    await said(first.core, 'a', source, ['one ', 'two ', 'three']);
    source.end();
    await vi.waitFor(() => expect(first.core.stats.generations).toBe(0));
    const head = first.core.streams.fold('a')?.fold.seq ?? 0;
    first.core.close();

    const { core } = openCore(directory);
    const answered = async (afterSeq: number, of = epoch): Promise<[unknown, string]> => {
      const peer = reading(core, 'stream:a', { epoch: of, afterSeq });
      await vi.waitFor(() => expect(peer.of('subscribed')).toHaveLength(1));
      if (afterSeq < head || of !== epoch) await vi.waitFor(() => expect(peer.ended(1)).toBe(true));
      return [peer.of('subscribed')[0], peer.text(1)];
    };
    expect(await answered(head)).toEqual([expect.objectContaining({ answer: 'live', epoch }), '']);
    expect(await answered(2)).toEqual([expect.objectContaining({ answer: 'recovered', recovered: head - 2, epoch }), 'two three']);
    expect(await answered(2, 'another')).toEqual([expect.objectContaining({ answer: 'reset', seq: head, epoch }), 'one two three']);
    const gone = reading(core, 'stream:b', { epoch, afterSeq: 1 });
    await vi.waitFor(() => expect(gone.of('subscribed')).toEqual([expect.objectContaining({ answer: 'gone' })]));
  });

  test('[RL6] [RL11] history that was trimmed is gone, also for who had read a part of it', async () => {
    const directory = temporaryDirectory();
    const first = openCore(directory);
    const { epoch } = first.core.streams.create({
      id: 'a',
      provider: 'scripted',
      model: 'scripted-plain',
      prompt: 'x',
      options: { rate: 0 },
    });
    await vi.waitFor(() => expect(first.core.stats.finished).toBe(1));
    first.core.close();
    const { core } = openCore(directory, { maxClosed: 0 });
    await vi.waitFor(() => expect(core.stats.streams).toBe(0), { timeout: 5_000 });
    const peer = reading(core, 'stream:a', { epoch, afterSeq: 2 });
    await vi.waitFor(() => expect(peer.of('subscribed')).toEqual([expect.objectContaining({ answer: 'gone' })]));
    expect(core.streams.fold('a')).toBeUndefined();
  });

  test('[RL4] [RL11] creation stays idempotent, and the stream its owner’s', async () => {
    const directory = temporaryDirectory();
    const ada = { id: 'ada' };
    const request = {
      id: 'a',
      principal: ada,
      provider: 'scripted',
      model: 'scripted-plain',
      prompt: 'x',
      options: { rate: 0, tokens: 5 },
    };
    const first = openCore(directory);
    const created = first.core.streams.create(request);
    await vi.waitFor(() => expect(first.core.stats.finished).toBe(1));
    first.core.close();

    const { core } = openCore(directory, {}, { authenticate: ({ credentials = '' }) => ({ id: credentials }) });
    expect(core.streams.create(request)).toEqual({ ...created, created: false });
    expect(() => core.streams.create({ ...request, prompt: 'y' })).toThrow(expect.objectContaining({ code: 'stream_conflict' }));
    expect(() => core.streams.create({ ...request, principal: { id: 'eve' } })).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(core.streams.owner('a')).toBe('ada');
    for (const [name, allowed] of [
      ['eve', false],
      ['ada', true],
    ] as const) {
      const peer = new MemoryPeer(core);
      peer.hello(1_000_000, name);
      peer.subscribe(1, 'stream:a');
      await vi.waitFor(() => expect(peer.of(allowed ? 'batches' : 'error').length).toBeGreaterThan(0));
      expect(peer.text(1).length > 0).toBe(allowed);
      if (!allowed) expect(peer.of('error')[0]?.code).toBe('forbidden');
    }
    expect(core.streams.stop('a', 'user')).toBe(true);
    expect(core.streams.fold('a')?.fold.status).toBe('done');
  });
});

describe('after a crash', () => {
  test('[RL11] a stream that ran ends with relay_restarted, and who was ahead of the disk is reset', async () => {
    const [directory, copy] = [temporaryDirectory(), temporaryDirectory()];
    const { core, storage } = openCore(directory, { commitMs: 60_000 });
    const source = new ManualSource();
    const { epoch } = core.streams.create({ id: 'a', source });
    core.streams.create({ id: 'silent', source: new ManualSource() });
    const reader = reading(core, 'stream:a');
    await said(core, 'a', source, ['stored ']);
    storage.commit();
    await said(core, 'a', source, ['not stored']);
    await vi.waitFor(() => expect(reader.text(1)).toBe('stored not stored'));
    copyFiles(directory, copy);

    const after = openCore(copy).core;
    const resumed = reading(after, 'stream:a', { epoch, afterSeq: 3 });
    await vi.waitFor(() => expect(resumed.ended(1)).toBe(true));
    const answer = resumed.of('subscribed')[0];
    expect(answer).toMatchObject({ answer: 'reset', seq: 3 });
    expect(answer?.epoch).not.toBe(epoch);
    expect(resumed.entries(1).map(({ event }) => event)).toEqual([
      expect.objectContaining({ type: 'start', provider: 'source' }),
      { type: 'text', part: 't0', delta: 'stored ' },
      expect.objectContaining({ type: 'error', code: 'relay_restarted', retryable: true }),
    ]);
    // One that had said nothing yet has a beginning, too.
    expect(after.streams.fold('silent')?.fold).toMatchObject({
      seq: 2,
      status: 'failed',
      provider: 'source',
      error: { code: 'relay_restarted' },
    });
    expect(after.stats).toMatchObject({ generations: 0, failed: 2, streams: 2 });
  });

  test('[RL12] an end that was shown is stored, with all before it; what was shown before need not be', async () => {
    const directory = temporaryDirectory();
    const { core } = openCore(directory, { commitMs: 60_000 });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const reader = reading(core, 'stream:a');
    await said(core, 'a', source, ['some ', 'text']);
    await vi.waitFor(() => expect(reader.text(1)).toBe('some text'));
    const stored = (): unknown => {
      const copy = temporaryDirectory();
      copyFiles(directory, copy);
      return readStored(copy).get('stream:a');
    };
    expect(stored()).toMatchObject({ closed: false, text: '' });
    let atTheEnd: unknown;
    const deliver = reader.deliver.bind(reader);
    reader.deliver = (deliveries) => {
      if (deliveries.some(({ last }) => last)) atTheEnd = stored();
      deliver(deliveries);
    };
    source.end();
    await vi.waitFor(() => expect(reader.ended(1)).toBe(true));
    expect(atTheEnd).toMatchObject({ closed: true, text: 'some text' });
  });
});

describe('a storage that fails', () => {
  test('[RL12] leaves what runs to its readers, refuses what is new, and says so once', async () => {
    const log = vi.fn();
    const disk = fewPages();
    const { core, storage } = openCore(disk.directory, { commitBytes: 1_000, maxUnsavedBytes: 40_000 }, { log });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    const reader = reading(core, 'stream:a');
    disk.fill();
    await said(core, 'a', source, ['x'.repeat(20_000)]);
    await vi.waitFor(() => expect(reader.text(1)).toBe('x'.repeat(20_000)));
    storage.commit();
    expect(core.storageFailure?.code).toBe('storage_full');
    expect(() => core.streams.create({ id: 'b', source: new ManualSource() })).toThrow(expect.objectContaining({ code: 'storage_full' }));
    expect(core.stats.generations).toBe(1);
    await vi.waitFor(() => expect(log).toHaveBeenCalledWith('error', expect.stringContaining('disk is full'), expect.anything()), {
      timeout: 5_000,
    });
    expect(log.mock.calls.filter(([level]) => level === 'error')).toHaveLength(1);
    // More than may wait: it ends, with the reason, and its readers have all of it.
    source.text('y'.repeat(30_000));
    await vi.waitFor(() => expect(reader.ended(1)).toBe(true));
    expect(reader.text(1)).toBe('x'.repeat(20_000) + 'y'.repeat(30_000));
    expect(reader.entries(1).at(-1)?.event).toMatchObject({ type: 'error', code: 'storage_full', retryable: true });
    expect(source.returned).toBe(true);
  });

  test('says at its end what it could not store', async () => {
    const log = vi.fn();
    const disk = fewPages();
    const { core } = openCore(disk.directory, {}, { log });
    const source = new ManualSource();
    core.streams.create({ id: 'a', source });
    disk.fill();
    await said(core, 'a', source, ['x'.repeat(50_000)]);
    core.close();
    expect(log).toHaveBeenLastCalledWith('error', expect.stringContaining('is lost'), { code: 'storage_full', bytes: expect.any(Number) });
  });

  test('a note that cannot be read keeps no stream from being ended or read', async () => {
    const [directory, copy] = [temporaryDirectory(), temporaryDirectory()];
    const source = new ManualSource();
    const { core, storage } = openCore(directory);
    core.streams.create({ id: 'a', source });
    await said(core, 'a', source, ['text']);
    storage.commit();
    copyFiles(directory, copy);
    const database = new DatabaseSync(join(copy, 'sluice.db'));
    database.exec("UPDATE logs SET note = '{'");
    database.close();
    const after = openCore(copy).core;
    expect(after.streams.fold('a')?.fold).toMatchObject({ status: 'failed', error: { code: 'relay_restarted' } });
    expect(() => after.streams.create({ id: 'a', provider: 'scripted', model: 'm', prompt: 'x' })).toThrow(
      expect.objectContaining({ code: 'stream_conflict' }),
    );
  });
});
