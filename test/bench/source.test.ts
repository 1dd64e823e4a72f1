import { describe, expect, test } from 'vitest';
import { createSchedule } from '../../bench/render/source/schedule.ts';
import { createAnswer, createAnswers, serialsIn, serialWord, type TextKind } from '../../bench/render/source/text.ts';

const kinds: readonly TextKind[] = ['plain', 'breakless', 'markdown', 'code', 'tables'];

describe.each(kinds)('a stream of %s', (kind) => {
  const answer = createAnswer(kind, 3000, 11);
  const text = answer.tokens.join('');

  test('is the same for the same seed, and another for another', () => {
    expect(createAnswer(kind, 3000, 11)).toEqual(answer);
    expect(createAnswer(kind, 3000, 12).tokens).not.toEqual(answer.tokens);
  });

  test('has as many tokens as asked for, of a few characters', () => {
    expect(answer.tokens).toHaveLength(3000);
    expect(text.length / 3000).toBeGreaterThan(2.5);
    expect(text.length / 3000).toBeLessThan(7);
  });

  test('numbers itself without a hole, and says in which token', () => {
    expect(serialsIn(text)).toEqual(answer.serialToken.map((_, serial) => serial));
    for (const [serial, token] of answer.serialToken.entries()) expect(answer.tokens[token]).toContain(serialWord(serial));
    // Nothing else may be taken for a serial word.
    expect(text.match(/q/g)).toHaveLength(answer.serialToken.length);
  });

  test(`has ${kind === 'breakless' ? 'no line break' : 'line breaks'}`, () => {
    expect(text.includes('\n')).toBe(kind !== 'breakless');
  });
});

test('a shorter answer is the beginning of a longer one', () => {
  const short = createAnswer('markdown', 500, 3);
  expect(createAnswer('markdown', 900, 3).tokens.slice(0, 500)).toEqual(short.tokens);
});

describe('arrivals', () => {
  const arrival = { streams: 3, rate: 200, durationMs: 4000, seed: 5 };
  const chunks = createSchedule(arrival);

  test('are the same for the same seed, and others for another', () => {
    expect(createSchedule(arrival)).toEqual(chunks);
    expect(createSchedule({ ...arrival, seed: 6 })).not.toEqual(chunks);
  });

  test('come in order of time, and bring each stream every token once, in order', () => {
    expect(chunks.map(({ atMs }) => atMs)).toEqual(chunks.map(({ atMs }) => atMs).sort((a, b) => a - b));
    for (const stream of [0, 1, 2]) {
      const own = chunks.filter((chunk) => chunk.stream === stream);
      expect(own.map(({ from }) => from)).toEqual([0, ...own.slice(0, -1).map(({ to }) => to)]);
      expect(own.at(-1)?.to).toBe(800);
    }
  });

  test('bring as many tokens as the answers have', () => {
    for (const { tokens } of createAnswers({ kind: 'plain', arrival })) expect(tokens).toHaveLength(800);
  });

  test('pause now and then, and then bring what is due at once', () => {
    const long = createSchedule({ streams: 1, rate: 200, durationMs: 60_000, seed: 1 });
    const gaps = long.slice(1).map(({ atMs, from, to }, index) => ({ ms: atMs - (long[index]?.atMs ?? 0), tokens: to - from }));
    const stalled = gaps.filter(({ ms }) => ms > 100);
    expect(stalled.length).toBeGreaterThan(10);
    for (const { ms, tokens } of stalled) expect(Math.abs(tokens - ms / 5)).toBeLessThanOrEqual(1);
  });
});
