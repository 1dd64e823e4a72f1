import { expect, test } from 'vitest';
import { createPacer } from '../../src/react/pacing.ts';

const frameMs = 1000 / 60;

function createLog(): { append(delta: string): void; readonly length: number; from(offset: number): string; toString(): string } {
  let text = '';
  return {
    append: (delta) => {
      text += delta;
    },
    get length() {
      return text.length;
    },
    from: (offset) => text.slice(offset),
    toString: () => text,
  };
}

/** Arrivals at their times, and what was shown after each frame. */
function play(arrivals: readonly { readonly at: number; readonly text: string }[], untilMs: number, jitter = (_: number): number => 0) {
  const pacer = createPacer();
  const log = createLog();
  const lengths: { readonly at: number; readonly length: number }[] = [];
  const frames: { readonly at: number; readonly shown: number }[] = [];
  let next = 0;
  for (let frame = 1; frame * frameMs < untilMs; frame += 1) {
    const now = frame * frameMs + jitter(frame);
    for (let arrival = arrivals[next]; arrival !== undefined && arrival.at <= now; arrival = arrivals[next]) {
      log.append(arrival.text);
      lengths.push({ at: arrival.at, length: log.length });
      pacer.arrived(arrival.at, log.length);
      next += 1;
    }
    frames.push({ at: now, shown: pacer.limit(now, log) });
  }
  return { frames, lengths, text: log.toString() };
}

const bursts = (everyMs: number, length: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ at: 5 + index * everyMs, text: 'x'.repeat(length) }));

test.for([100, 300, 1000])('[UI16] bursts every %i ms flow: no frame shows more than a small part of one', (everyMs) => {
  const { frames } = play(bursts(everyMs, 200, 8), 8 * everyMs);
  const steps = frames.map(({ shown }, index) => shown - (frames[index - 1]?.shown ?? 0));
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...steps.slice(2))).toBeLessThan(200 * 0.35);
});

test('[UI16] at an even rate, what is shown keeps up with what arrives', () => {
  const { frames } = play(bursts(20, 10, 100), 2000);
  for (const { at, shown } of frames.filter((frame) => frame.at > 500)) expect(shown).toBeGreaterThan((at - 60) * 0.5);
});

test.for([1, 2, 3])('[UI16] nothing is shown more than 250 ms and a frame after its arrival (seed %i)', (seed) => {
  let state = seed * 7919;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  let at = 0;
  const arrivals = Array.from({ length: 200 }, () => {
    at += random() ** 3 * 400;
    return { at, text: 'word '.repeat(Math.ceil(random() ** 4 * 400)) };
  });
  const { frames, lengths } = play(arrivals, at + 1000, (frame) => ((frame * 7) % 5) - 2);
  for (const { at: arrivedAt, length } of lengths) {
    const shownAt = frames.find(({ shown }) => shown >= length)?.at ?? Number.POSITIVE_INFINITY;
    expect(shownAt - arrivedAt).toBeLessThanOrEqual(250 + frameMs + 5);
  }
});

test('[UI16] no character is cut: neither a pair, nor a family, a flag or an accent', () => {
  const characters = ['👩‍👩‍👧‍👦', '🇩🇪', 'e\u0301', '👍🏽', '中', 'a', '\r\n', 'नि'];
  const text = Array.from({ length: 120 }, (_, index) => characters[index % characters.length] ?? '').join('');
  const boundaries = new Set([...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(({ index }) => index));
  boundaries.add(text.length);
  const { frames } = play([{ at: 1, text }], 600);
  expect(new Set(frames.map(({ shown }) => shown)).size).toBeGreaterThan(8);
  expect(frames.filter(({ shown }) => !boundaries.has(shown))).toEqual([]);
  expect(frames.at(-1)?.shown).toBe(text.length);
});

test('[UI16] after a long frame what is late is shown at once', () => {
  const pacer = createPacer();
  const log = createLog();
  log.append('x'.repeat(1000));
  pacer.arrived(0, 1000);
  expect(pacer.limit(16, log)).toBeLessThan(200);
  expect(pacer.limit(400, log)).toBe(1000);
});

test('[UI16] after a silence, in which there are no frames, the next burst flows, too', () => {
  const pacer = createPacer();
  const log = createLog();
  log.append('x'.repeat(200));
  pacer.arrived(0, log.length);
  let now = 16;
  for (; pacer.limit(now, log) < log.length; now += 16);
  now += 5000;
  log.append('x'.repeat(200));
  pacer.arrived(now - 5, log.length);
  expect(pacer.limit(now, log)).toBeLessThan(200 + 200 * 0.35);
});

test('[UI16] a frame whose time is before that of what was shown as it mounted takes nothing back', () => {
  const pacer = createPacer();
  const log = createLog();
  log.append('x'.repeat(200));
  pacer.arrived(0, log.length);
  const shown = pacer.limit(100, log);
  expect(shown).toBeGreaterThan(0);
  expect(pacer.limit(92, log)).toBeGreaterThanOrEqual(shown);
});

test('[UI16] another text flows from its beginning, whatever of the one before had not been shown', () => {
  const pacer = createPacer();
  pacer.arrived(0, 1000);
  pacer.restart(0);
  const log = createLog();
  log.append('x'.repeat(200));
  pacer.arrived(1000, log.length);
  expect(pacer.limit(1016, log)).toBeLessThan(200 * 0.35);
});
