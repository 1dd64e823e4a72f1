import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChange, createRecord, cursorOf } from '../../src/store/apply.ts';
import type { Part } from '../../src/store/state.ts';
import { emptyFold, foldEntries, foldedText, type LogEntry, mergeEntries, type StreamEvent } from '../../src/wire/index.ts';

const delta = fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' });
const event: fc.Arbitrary<StreamEvent> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('text' as const), part: fc.constant('t'), delta }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('reasoning' as const), part: fc.constantFrom('r1', 'r2'), delta }) },
  fc.record({
    type: fc.constant('tool-call' as const),
    part: fc.constantFrom('c1', 'c2'),
    name: fc.constant('search'),
    executedBy: fc.constant('client' as const),
  }),
  fc.record({ type: fc.constant('tool-args' as const), part: fc.constantFrom('c1', 'c2'), delta }),
  fc.record({ type: fc.constant('tool-result' as const), part: fc.constantFrom('c1', 'c2'), result: fc.constant({ ok: true }) }),
  fc.record({ type: fc.constant('source' as const), part: fc.constantFrom('s1', 's2'), url: fc.constant('https://example.org/') }),
  fc.record({ type: fc.constant('data' as const), name: fc.constant('d'), value: fc.nat() }),
  fc.record({ type: fc.constant('usage' as const), inputTokens: fc.nat(), outputTokens: fc.nat() }),
);

const events = fc
  .tuple(
    fc.array(event, { maxLength: 40 }),
    fc.constantFrom<StreamEvent>(
      { type: 'finish', reason: 'stop' },
      { type: 'stopped', by: 'user' },
      { type: 'error', code: 'upstream_failed', message: 'broke', retryable: true },
    ),
  )
  .map(([body, end]): StreamEvent[] => {
    let textPart = 0;
    // SQ4: text after something else is a part of its own.
    const numbered = body.map((next, index) => {
      if (next.type !== 'text') return next;
      if (body[index - 1]?.type !== 'text') textPart += 1;
      return { ...next, part: `t${textPart}` };
    });
    return [{ type: 'start', provider: 'p', model: 'm', createdAt: 1 }, ...numbered, end];
  });

/** Where the log is cut, whether the cut is merged, and whether it restarts with a snapshot up to here. */
const cuts = fc.array(fc.record({ length: fc.integer({ min: 1, max: 9 }), merge: fc.boolean(), reset: fc.boolean() }), { minLength: 1 });

function plain(part: Part): unknown {
  if (part.type === 'text' || part.type === 'reasoning') return { ...part, text: part.text.toString() };
  return part.type === 'tool' ? { ...part, args: part.args.toString() } : part;
}

test('[ST3] [ST5] however a log is cut, merged and restarted, the store holds its fold, and a prefix of its text at each step', () => {
  fc.assert(
    fc.property(events, cuts, (all, plan) => {
      const log = all.map((next, index): LogEntry => ({ fromSeq: index + 1, seq: index + 1, at: index, event: next }));
      const expected = foldEntries(emptyFold(), log);
      const text = foldedText(expected);
      const record = createRecord(1, 'id', 0);
      let position = 0;
      let resets = 0;
      for (let step = 0; position < log.length; step += 1) {
        const cut = plan[step % plan.length];
        if (cut === undefined) break;
        const reset = cut.reset && step < plan.length ? { snapshotSeq: position } : undefined;
        if (reset !== undefined) {
          resets += 1;
          position = 0;
        }
        const entries = log.slice(position, position + cut.length);
        position += entries.length;
        const shown = { parts: [...record.parts], text: record.text.toString(), generation: record.generation };
        applyChange(
          record,
          { key: 1, epoch: `e${resets}`, reset, entries: cut.merge ? mergeEntries(entries) : entries, receivedAt: 0 },
          step,
        );
        expect(text.startsWith(record.text.toString())).toBe(true);
        expect(cursorOf(record)).toEqual({ epoch: `e${resets}`, afterSeq: position });
        if (record.generation === shown.generation) {
          expect(record.text.toString().startsWith(shown.text)).toBe(true);
          for (const [index, part] of shown.parts.entries()) expect(record.parts[index]).toBe(part);
        }
      }
      expect(record.text.toString()).toBe(text);
      expect(record.parts.map(plain)).toEqual(expected.parts);
      expect(record.usage).toEqual(expected.usage);
      expect(record.seq).toBe(log.length);
      expect(record.deltas).toBe(all.filter((next) => next.type === 'text').length);
      expect(record.summary).toMatchObject({
        status: expected.status,
        error: expected.error,
        finishReason: expected.finishReason,
        provider: 'p',
        epoch: `e${resets}`,
      });
    }),
  );
});
