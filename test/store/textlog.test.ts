import { expect, test } from 'vitest';
import { ChunkedText, JoinedText } from '../../src/store/textlog.ts';

function filled(count: number, delta: string): ChunkedText {
  const log = new ChunkedText();
  for (let index = 0; index < count; index += 1) log.append(delta);
  return log;
}

test('[ST3] reading from any offset gives the end of the text', () => {
  const log = new ChunkedText();
  let plain = '';
  for (let index = 0; index < 3000; index += 1) {
    const delta = `${index} `;
    log.append(delta);
    plain += delta;
  }
  for (const offset of [-1, 0, 1, 4095, 4096, 4097, plain.length - 1, plain.length, plain.length + 5]) {
    expect(log.from(offset)).toBe(plain.slice(Math.max(0, offset)));
  }
  expect(log.length).toBe(plain.length);
  expect(log.toString()).toBe(plain);
  log.append('end');
  expect(log.from(plain.length - 2)).toBe(`${plain.slice(-2)}end`);
  expect(log.toString()).toBe(`${plain}end`);
});

test('[ST3] an append and a read at the end cost the same in a short and in a long text', () => {
  const cost = (log: ChunkedText): number => {
    const samples: number[] = [];
    for (let round = 0; round < 40; round += 1) {
      const began = performance.now();
      for (let index = 0; index < 500; index += 1) {
        const length = log.length;
        log.append('delta ');
        if (log.from(length) !== 'delta ') throw new Error('wrong tail');
      }
      samples.push(performance.now() - began);
    }
    return Math.min(...samples);
  };
  const short = filled(10, 'delta ');
  const long = filled(2_000_000, 'delta ');
  cost(filled(10, 'warm up'));
  // A copy of the 12 MB per append would be thousands of times slower.
  expect(cost(long)).toBeLessThan(20 * cost(short) + 5);
});

test('[ST3] several logs read as one', () => {
  const joined = new JoinedText();
  expect(joined.from(0)).toBe('');
  const parts = ['first ', 'second ', 'third'].map((text) => {
    const log = new ChunkedText();
    joined.add(log);
    log.append(text);
    return log;
  });
  const plain = 'first second third';
  for (let offset = 0; offset <= plain.length; offset += 1) expect(joined.from(offset)).toBe(plain.slice(offset));
  expect(joined.toString()).toBe(plain);
  parts.at(-1)?.append('!');
  expect(joined.length).toBe(plain.length + 1);
  expect(joined.toString()).toBe(`${plain}!`);
});
