import type { StreamEvent } from '../../src/wire/index.ts';

/** The token at `index` of every answer of the memory tables: about as long as a model's. */
function token(index: number): string {
  return index % 17 === 16 ? `${index}\n` : `w${index} `;
}

export function tokens(count: number): string {
  let text = '';
  for (let index = 0; index < count; index += 1) text += token(index);
  return text;
}

/** An answer of `count` tokens, `rate` a second; with 0 as fast as everybody else gets a turn. Not before `held` settles. */
export async function* answer(count: number, rate: number, held?: Promise<void>): AsyncGenerator<StreamEvent> {
  await held;
  const begin = performance.now();
  for (let index = 0; index < count; index += 1) {
    if (rate === 0) {
      if (index % 64 === 63) await new Promise((resolve) => setImmediate(resolve));
    } else {
      const wait = begin + (index * 1000) / rate - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
    yield { type: 'text', part: 't0', delta: token(index) };
  }
}
