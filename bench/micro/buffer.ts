import { StreamBuffer } from '../../src/worker/buffer.ts';
import { createAnswer } from '../render/source/text.ts';
import { measure } from './measure.ts';
import type { Line } from './run.ts';

/** What the worker does with text that arrives while the page is busy: take in, merge, hand over. */
export async function runBuffer(timing: { readonly batches: number; readonly batchMs: number }): Promise<Line[]> {
  return [10, 1000].map((count) => {
    const { tokens } = createAnswer('plain', 4 * count, 1);
    const batches = Array.from({ length: count }, (_, batch) =>
      Array.from({ length: 4 }, (__, index) => {
        const seq = 4 * batch + index + 1;
        return { fromSeq: seq, seq, at: seq, event: { type: 'text', part: '0', delta: tokens[seq - 1] ?? '' } as const };
      }),
    );
    const run = (): void => {
      const buffer = new StreamBuffer(1, 262_144, true);
      for (const entries of batches) buffer.push(entries, 40, undefined, 0);
      buffer.take('e');
    };
    const { microseconds, least, most, batches: samples } = measure(run, timing);
    const each = { microseconds: microseconds / count, least: least / count, most: most / count, batches: samples };
    return { what: 'worker buffer, per batch', measure: each, unit: `${count} batches of 4 tokens, taken as one change` };
  });
}
