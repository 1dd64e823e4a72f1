import { describe, expect, test } from 'vitest';
import type { LogStorage } from '../../../server/log/index.ts';
import { emptyFold, foldEntries, foldedText, StreamError, type StreamEvent, wireLimits } from '../../../src/wire/index.ts';

export interface StorageLimits {
  graceMs?: number;
  maxClosed?: number;
  maxClosedBytes?: number;
  keepBytes?: number;
}

const text = (delta: string): StreamEvent => ({ type: 'text', part: 't0', delta });

/** What every storage of logs must do. */
export function logContract(name: string, make: (limits: StorageLimits, now: () => number) => LogStorage): void {
  const open = (limits: StorageLimits = {}, now: () => number = () => 0): LogStorage => make(limits, now);

  describe(`${name} log`, () => {
    test('[SQ1] numbers from 1 without holes, in order', () => {
      const log = open().create('stream:a', 'p');
      log.append([text('a'), text('b')], 0);
      const entries = log.append([text('c')], 5);
      expect(entries).toEqual([{ fromSeq: 3, seq: 3, at: 5, event: text('c') }]);
      expect(log.head).toBe(3);
    });

    test('the note of a running log may be replaced; of others nothing happens', () => {
      const storage = open();
      const log = storage.create('stream:a', 'p', 'first');
      storage.annotate('stream:a', 'second');
      storage.annotate('stream:none', 'second');
      expect([log.note, storage.get('stream:a')?.note]).toEqual(['second', 'second']);
      expect(storage.get('stream:none')).toBeUndefined();
    });

    test('[SQ2] takes nothing after the terminal event', () => {
      const log = open().create('stream:a', 'p');
      log.append([text('a'), { type: 'finish', reason: 'stop' }], 0);
      expect(log.closed).toBe(true);
      expect(() => log.append([text('b')], 1)).toThrow(StreamError);
      expect(log.head).toBe(2);
    });

    test('[SQ5] merges on reading, from the reader’s own cursor, and keeps the boundaries', () => {
      const log = open().create('stream:a', 'p');
      log.append([text('a'), text('b'), text('c'), { type: 'data', name: 'd', value: 1 }, text('e')], 0);
      expect(log.read(0, 1_000)).toEqual([
        { fromSeq: 1, seq: 3, at: 0, event: text('abc') },
        { fromSeq: 4, seq: 4, at: 0, event: { type: 'data', name: 'd', value: 1 } },
        { fromSeq: 5, seq: 5, at: 0, event: text('e') },
      ]);
      expect(log.read(1, 1_000)[0]).toEqual({ fromSeq: 2, seq: 3, at: 0, event: text('bc') });
      expect(log.read(2, 1_000, 3)).toEqual([{ fromSeq: 3, seq: 3, at: 0, event: text('c') }]);
      expect([0, 1, 2, 3, 4, 5].map((seq) => log.serves(seq))).toEqual([true, true, true, true, true, true]);
      expect(log.serves(6)).toBe(false);
    });

    test('reads at least one entry, and about the bytes asked for', () => {
      const log = open().create('stream:a', 'p');
      log.append(
        Array.from({ length: 100 }, () => text('x'.repeat(10))),
        0,
      );
      const [first] = log.read(0, 1);
      expect(first?.fromSeq).toBe(1);
      const read = log.read(0, 100);
      expect(read.at(-1)?.seq).toBeLessThanOrEqual(12);
      expect(read.at(-1)?.seq).toBeGreaterThanOrEqual(8);
      expect(log.pendingBytes(90)).toBeGreaterThanOrEqual(100);
    });

    test('[RL6] [SQ8] compacts old events into the same fold, and no longer serves cursors inside', () => {
      const log = open({ keepBytes: 20_000 }).create('stream:a', 'p');
      let whole = '';
      for (let index = 0; index < 5_000; index += 1) {
        whole += `${index} `;
        log.append([text(`${index} `)], index);
      }
      const fold = foldEntries(emptyFold(), log.read(0, Number.POSITIVE_INFINITY));
      expect(foldedText(fold)).toBe(whole);
      expect(fold.seq).toBe(5_000);
      expect(log.serves(7)).toBe(false);
      expect(log.serves(5_000)).toBe(true);
      expect(log.serves(4_990)).toBe(true);
      expect(log.bytes).toBeLessThan(whole.length + 60_000);
    });

    test('[RL6] drops closed logs by age, count and bytes, oldest first, and never a running one', () => {
      let now = 0;
      const storage = open({ graceMs: 1_000, maxClosed: 2, maxClosedBytes: 1_000_000 }, () => now);
      for (const id of ['a', 'b', 'c', 'running']) {
        now += 1;
        const log = storage.create(`stream:${id}`, 'p');
        log.append([text('x')], 0);
        if (id !== 'running') log.append([{ type: 'finish', reason: 'stop' }], 0);
      }
      expect(storage.evict(now)).toEqual(['stream:a']);
      expect(storage.evict(now)).toEqual([]);
      expect(storage.evict(now + 1_000)).toEqual(['stream:b', 'stream:c']);
      expect(storage.size).toBe(1);
      expect(storage.get('stream:running')?.head).toBe(1);

      const small = open({ maxClosedBytes: 10 }, () => now);
      small.create('stream:big', 'p').append([text('x'.repeat(100)), { type: 'finish', reason: 'stop' }], 0);
      expect(small.evict(now)).toEqual(['stream:big']);
    });

    test('[RL6] reads a long log in pieces of about the size asked for, which are the whole', () => {
      const log = open({ keepBytes: 10_000 }).create('stream:a', 'p');
      let whole = '';
      for (let index = 0; index < 3_000; index += 1) {
        const delta = `word${index} `;
        whole += delta;
        log.append(index % 500 === 499 ? [text(delta), { type: 'data', name: 'd', value: index }] : [text(delta)], index);
      }
      log.append([{ type: 'finish', reason: 'stop' }], 3_000);
      const fold = emptyFold();
      let before = Number.POSITIVE_INFINITY;
      for (let read = log.read(0, 2_000); read.length > 0; read = log.read(fold.seq, 2_000)) {
        expect(read[0]?.fromSeq).toBe(fold.seq + 1);
        const content = read.reduce((sum, { event }) => sum + ('delta' in event ? event.delta.length : 32), 0);
        expect(content).toBeLessThanOrEqual(wireLimits.maxMergedDelta + 2_000);
        foldEntries(fold, read);
        expect(log.serves(fold.seq)).toBe(true);
        expect(log.pendingBytes(fold.seq)).toBeLessThan(before);
        before = log.pendingBytes(fold.seq);
      }
      expect(foldedText(fold)).toBe(whole);
      expect(fold).toMatchObject({ seq: log.head, status: 'done' });
      expect(log.read(log.head, 2_000)).toEqual([]);
    });

    test('keeps every kind of event as it was', () => {
      const events: StreamEvent[] = [
        { type: 'start', provider: 'p', model: 'm', createdAt: 1_700_000_000_000 },
        { type: 'reasoning', part: 'r0', delta: 'hm 😀' },
        text('a'),
        { type: 'tool-call', part: 'c', name: 'search', executedBy: 'provider' },
        { type: 'tool-args', part: 'c', delta: '{"q":1}' },
        { type: 'tool-result', part: 'c', result: { deep: [1, null, 'x', { y: 1.5 }] }, isError: true },
        { type: 'source', part: 's', url: 'https://a.example', title: 'A' },
        { type: 'file', part: 'f', mediaType: 'image/png', bytes: new Uint8Array([0, 1, 255]) },
        { type: 'usage', inputTokens: 1, outputTokens: 2, reasoningTokens: 3 },
        { type: 'data', name: 'd', value: { __proto__: 'x', constructor: 1 } },
        { type: 'error', code: 'upstream_failed', message: 'no', retryable: true, retryAfterMs: 5 },
      ];
      const storage = open();
      const log = storage.create('stream:a', 'p');
      for (const [index, event] of events.entries()) log.append([event], index);
      storage.commit();
      const read = storage.get('stream:a')?.read(0, Number.POSITIVE_INFINITY) ?? [];
      expect(read.map(({ event }) => event)).toEqual(events);
      expect(read.map(({ at }) => at)).toEqual(events.map((_, index) => index));
    });

    test('keeps a note beside the log, and hands out what runs as the same object', () => {
      const storage = open();
      const log = storage.create('stream:a', 'p', 'a note');
      expect(storage.get('stream:a')).toBe(log);
      expect([log.note, log.principal]).toEqual(['a note', 'p']);
      expect([storage.interrupted(), storage.failure, storage.overflowing]).toEqual([[], undefined, false]);
      expect(storage.get('stream:b')).toBeUndefined();
    });

    test('one channel, one log; another incarnation has another epoch', () => {
      const storage = open();
      const first = storage.create('stream:a', 'p');
      expect(() => storage.create('stream:a', 'p')).toThrow(expect.objectContaining({ code: 'stream_conflict' }));
      storage.delete('stream:a');
      expect(storage.get('stream:a')).toBeUndefined();
      expect(storage.create('stream:a', 'p').epoch).not.toBe(first.epoch);
    });
  });
}
