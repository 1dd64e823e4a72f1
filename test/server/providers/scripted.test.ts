import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createScripted } from '../../../server/providers/index.ts';
import { dueTimes } from '../../../server/providers/pace.ts';
import {
  type Clock,
  createClock,
  type ScriptOptions,
  scriptDefaults,
  scriptedAnswer,
  scriptedEvents,
} from '../../../server/providers/script.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';
import { brokenRule, collect, fold, outcome } from './reading.ts';

/** Time that moves only where somebody waits for it, in steps as coarse as a slow machine's timers. */
function steppedClock(stepMs: number): Clock {
  let time = 0;
  return {
    now: () => time,
    at: (when, wake) => {
      const handle = setImmediate(() => {
        time = Math.max(time, Math.ceil(when / stepMs) * stepMs);
        wake();
      });
      return () => clearImmediate(handle);
    },
  };
}

const fast = { rate: 0 } satisfies ScriptOptions;

describe('the answer', () => {
  test('is a pure function of seed and length, and a prefix of each longer one', () => {
    const answer = scriptedAnswer({ seed: 7, tokens: 3000 });
    expect(answer.length).toBe(3000);
    expect(scriptedAnswer({ seed: 7, tokens: 3000 })).toEqual(answer);
    expect(scriptedAnswer({ seed: 7, tokens: 1234 })).toEqual(answer.slice(0, 1234));
    expect(scriptedAnswer({ seed: 8, tokens: 3000 })).not.toEqual(answer);
    expect(scriptedAnswer({ seed: 7, tokens: 0 })).toEqual([]);
  });

  test('[SQ3] has no empty token and none that cuts a surrogate pair', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      expect(scriptedAnswer({ seed, tokens: 2000 }).filter((token) => token === '' || !token.isWellFormed())).toEqual([]);
    }
  });

  test.each([
    ['headings', /^#{1,3} /m],
    ['nested lists', /^ {3}- .*\n {5}- /m],
    ['tables', /^\| :?-{3}:? \|/m],
    ['fences in several languages', /```ts[\s\S]*```(python|rust|sql)/],
    ['links', /\[[^\]]+\]\(https:/],
    ['Chinese and Japanese', /\p{Script=Han}[\s\S]*\p{Script=Hiragana}/u],
    ['a family of joined emoji', /👨‍👩‍👧‍👦/u],
    ['right-to-left text', /[\u0590-\u05ff][\s\S]*[\u0600-\u06ff]|[\u0600-\u06ff][\s\S]*[\u0590-\u05ff]/],
    ['paragraphs of more than 1500 characters', /[^\n]{1500}/],
  ])('has %s', (_, shape) => {
    expect(scriptedAnswer({ seed: 5, tokens: 20_000 }).join('')).toMatch(shape);
  });

  test('plain has paragraphs only', () => {
    expect(scriptedAnswer({ seed: 5, tokens: 2000, style: 'plain' }).join('')).not.toMatch(/^(#|- |\||```)/m);
  });
});

describe('the events', () => {
  test('[SQ1] [SQ2] [SQ3] are a whole stream whose text is the answer', async () => {
    const events = await collect(scriptedEvents({ ...fast, seed: 3, tokens: 500, reasoning: 40, tools: 2, sources: 3 }));
    expect(brokenRule(events)).toBeUndefined();
    const folded = fold(events);
    expect(outcome(folded).text).toBe(scriptedAnswer({ seed: 3, tokens: 500 }).join(''));
    expect(folded.parts.map(({ type }) => type)).toEqual(['reasoning', 'tool', 'tool', 'text', 'source', 'source', 'source']);
    expect(outcome(folded).tools[0]).toMatchObject({ name: 'search', args: { limit: 3 } });
    expect(folded.parts[1]).toHaveProperty('result');
    expect(folded.usage?.reasoningTokens).toBe(40);
    expect(folded.finishReason).toBe('stop');
  });

  test('break off where they are asked to, with the code they are asked for', async () => {
    const events = await collect(scriptedEvents({ ...fast, failAt: 10, failWith: 'upstream_rate_limited' }));
    expect(events.filter(({ type }) => type === 'text').length).toBe(10);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'upstream_rate_limited', retryable: true });
  });

  test.each([
    [{ rate: -1 }, 'rate'],
    [{ rate: Number.NaN }, 'rate'],
    [{ tokens: 1.5 }, 'tokens'],
    [{ tokens: 1e9 }, 'tokens'],
    [{ seed: 'x' }, 'seed'],
    [{ jitter: 2 }, 'jitter'],
    [{ failWith: 'toString' }, 'failWith'],
  ])('%o is one error that names the option', async (options, name) => {
    const events = await collect(scriptedEvents(options as ScriptOptions));
    expect(events).toMatchObject([
      { type: 'error', code: 'upstream_rejected', message: expect.stringContaining(`option ${name} `), retryable: false },
    ]);
  });

  test('options of other providers do no harm, null counts as absent', async () => {
    const options = { ...fast, temperature: 0.2, tokens: null, failAt: null };
    const events = await collect(createScripted().generate({ model: 'any', prompt: 'Hi there', options }, new AbortController().signal));
    expect(events.filter(({ type }) => type === 'text').length).toBe(scriptDefaults.tokens);
    expect(fold(events).usage?.inputTokens).toBe(2);
  });

  test('[RL5] end without a further event when they are stopped, in the middle of a wait', async () => {
    const controller = new AbortController();
    const events: StreamEvent[] = [];
    for await (const event of scriptedEvents({ firstTokenMs: 600_000 }, { signal: controller.signal })) {
      events.push(event);
      setImmediate(() => controller.abort());
    }
    expect(events.map(({ type }) => type)).toEqual(['start']);
  });

  test('without pacing others get their turn', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await collect(scriptedEvents({ rate: 0, tokens: 50_000 }));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});

describe('the pace', () => {
  test.each([1, 16, 250, 1000])('holds the rate with timers of %i ms', async (stepMs) => {
    const clock = steppedClock(stepMs);
    await collect(scriptedEvents({ rate: 200, tokens: 4000, stallMs: 0 }, { clock }));
    expect(clock.now()).toBeGreaterThan(19_900);
    expect(clock.now()).toBeLessThan(20_100 + stepMs);
  });

  test.each([1, 2, 3, 4, 5])('never falls, and stalls, bursts and jitter leave the average as it is (seed %i)', (seed) => {
    const due = dueTimes({ ...scriptDefaults, seed, rate: 100 });
    const times = Array.from({ length: 10_000 }, () => due.next().value);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBe(0);
    expect(Math.max(...gaps)).toBeGreaterThan(100);
    expect(Math.max(...gaps)).toBeLessThan(100 + scriptDefaults.stallMs);
    expect(times.every((time, index) => time >= index * 10 - 10 * scriptDefaults.burst && time <= index * 10 + 400)).toBe(true);
  });

  test('even without jitter, bursts and stalls', () => {
    const due = dueTimes({ seed: 1, rate: 50, jitter: 0, burst: 1, stallMs: 0 });
    expect(Array.from({ length: 5 }, () => due.next().value)).toEqual([0, 20, 40, 60, 80]);
  });

  test('64 streams on the real clock take the time they should', async () => {
    const clock = createClock();
    const begin = performance.now();
    const ended = await Promise.all(
      Array.from({ length: 64 }, async (_, seed) => {
        await collect(scriptedEvents({ seed, rate: 500, tokens: 250, stallMs: 0 }, { clock }));
        return performance.now() - begin;
      }),
    );
    expect(Math.min(...ended)).toBeGreaterThan(480);
    expect(Math.max(...ended)).toBeLessThan(4000);
  });
});

test('script.ts and what it imports run in a browser: nothing of Node, nothing of ours but the wire', () => {
  const folder = join(import.meta.dirname, '../../../server/providers');
  const seen = new Set<string>();
  const foreign: string[] = [];
  const walk = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?'([^']+)'/g)) {
      const path = join(dirname(file), from);
      if (from.startsWith('../../src/wire/')) continue;
      if (from.startsWith('./') && dirname(path) === folder) walk(path);
      else foreign.push(from);
    }
  };
  walk(join(folder, 'script.ts'));
  expect(seen.size).toBeGreaterThan(2);
  expect(foreign).toEqual([]);
  expect([...seen].filter((file) => /\b(process\.|Buffer\.|setImmediate\()/.test(readFileSync(file, 'utf8')))).toEqual([]);
});
