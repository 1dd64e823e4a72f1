import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFold, foldEntries, foldedText, type StreamEvent } from '../../src/wire/index.ts';
import { LocalLog } from '../../src/worker/local.ts';
import { TestPage } from './page.ts';

const at = 1_000;

function run(...chunks: (StreamEvent[] | 'end')[]): StreamEvent[] {
  const log = new LocalLog(at);
  return chunks.flatMap((chunk) => log.append(chunk === 'end' ? [] : chunk, chunk === 'end', at)).map(({ event }) => event);
}

const text = (delta: string, part = 'a'): StreamEvent => ({ type: 'text', part, delta });

test('[SQ1] [SQ2] a local stream begins with start and ends with exactly one terminal event', () => {
  expect(run([text('x')], 'end', [text('late')], 'end')).toEqual([
    { type: 'start', provider: 'local', model: '', createdAt: at },
    text('x'),
    { type: 'finish', reason: 'stop' },
  ]);
  expect(run('end').map(({ type }) => type)).toEqual(['start', 'finish']);
  const own: StreamEvent = { type: 'start', provider: 'p', model: 'm', createdAt: 5 };
  expect(run([own, own, { type: 'stopped', by: 'user' }], 'end')).toEqual([own, { type: 'stopped', by: 'user' }]);
});

test('[SQ3] no delta is empty or ends inside a surrogate pair', () => {
  expect(run([text('a\ud83c')], [text('')], [text('\udf89b')], 'end').slice(1, -1)).toEqual([text('a'), text('🎉b')]);
  expect(run([text('a\ud83c')], 'end').slice(1, -1)).toEqual([text('a'), text('\ufffd')]);
});

test('[SQ4] text that returns to an earlier part gets a part of its own', () => {
  const events = run([text('1', 'a'), text('2', 'b'), text('3', 'a'), text('4', 'a'), text('5', 'b')], 'end');
  const fold = foldEntries(
    emptyFold(),
    events.map((event, index) => ({ fromSeq: index + 1, seq: index + 1, at: 0, event })),
  );
  expect(foldedText(fold)).toBe('12345');
  expect(new Set(fold.parts.map(({ part }) => part)).size).toBe(fold.parts.length);
});

test('[SQ3] [ST7] any text in any pieces arrives whole, through the receiver', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }), (pieces) => {
      const log = new LocalLog(at);
      const whole = pieces.join('');
      const units = Array.from({ length: whole.length }, (_, index) => text(whole.charAt(index)));
      const entries = [...log.append(units, false, at), ...log.append([], true, at)];
      expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
      expect(foldedText(foldEntries(emptyFold(), entries))).toBe(whole);
    }),
  );
});

test('[ST7] a local stream needs no relay', async () => {
  const page = new TestPage({
    fetch: () => {
      throw new Error('no network');
    },
  });
  page.configure('http://127.0.0.1:1/');
  page.receiver.receive({ type: 'feed', key: 7, events: [text('hello ')] });
  page.receiver.receive({ type: 'feed', key: 7, events: [text('world')], end: true });
  await expect.poll(() => page.fold(7).status).toBe('done');
  expect(page.text(7)).toBe('hello world');
  expect(page.epochs.get(7)).toBe('local');
  expect(page.connections).toEqual([]);
  expect(page.faults).toEqual([]);
});

test('[ST7] a message before configure is a failure, not a throw', () => {
  const page = new TestPage();
  page.receiver.receive({ type: 'feed', key: 7, events: [] });
  expect(page.messages).toMatchObject([{ type: 'failure', code: 'internal' }]);
});
