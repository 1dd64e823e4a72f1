import { loadWire } from '../kit.ts';
import { createAnswer } from '../render/source/text.ts';
import { measure } from './measure.ts';
import type { Line } from './run.ts';

/** Encoding and decoding batches of text events, as the relay and the worker do, beside JSON of the same. */
export async function runCodec(timing: { readonly batches: number; readonly batchMs: number }): Promise<Line[]> {
  const { concatBytes, decodeServerMessage, encodeBatch, encodeBatchesHeader } = await loadWire();
  return [4, 64].flatMap((count) => {
    const { tokens } = createAnswer('plain', count, 1);
    const entries = tokens.map((delta, index) => ({
      fromSeq: index + 1,
      seq: index + 1,
      at: index * 5,
      event: { type: 'text', part: '0', delta } as const,
    }));
    const bytes = encodeBatch(entries);
    const message = concatBytes([encodeBatchesHeader(1, 1), bytes]);
    const compact = entries.map(({ at, event }) => [at, event.delta]);
    const json = JSON.stringify(compact);
    const unit = `batch of ${count} tokens, ${bytes.length} bytes`;
    return [
      { what: 'encode a batch', measure: measure(() => encodeBatch(entries), timing), unit },
      { what: 'decode and validate a batch', measure: measure(() => decodeServerMessage(message), timing), unit },
      { what: 'JSON.stringify of the same', measure: measure(() => JSON.stringify(compact), timing), unit: `${json.length} bytes` },
      { what: 'JSON.parse of the same', measure: measure(() => JSON.parse(json) as unknown, timing), unit: `${json.length} bytes` },
    ];
  });
}
