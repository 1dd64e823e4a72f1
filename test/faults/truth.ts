import { type ScriptOptions, scriptedEvents } from '../../server/providers/script.ts';
import { type StreamEvent, StreamShape } from '../../src/wire/index.ts';

/** What every stream is asked for with; one token. */
export const PROMPT = 'x';

/** What a scripted stream is, computed beside the relay. */
export interface Truth {
  /** Event `seq` is at `seq - 1`. */
  readonly events: readonly StreamEvent[];
  readonly text: string;
  /** UTF-16 code units of text in the events up to each `seq`; from 0. */
  readonly textUntil: readonly number[];
}

/** @throws {Error} where the script is refused */
export async function truthOf(model: string, options: ScriptOptions): Promise<Truth> {
  const shape = new StreamShape({ type: 'start', provider: 'scripted', model, createdAt: 0 });
  const events: StreamEvent[] = [];
  for await (const event of scriptedEvents({ ...options, rate: 0, stallMs: 0, firstTokenMs: 0 }, { model, inputTokens: 1 }))
    events.push(...shape.push(event));
  const textUntil = [0];
  let text = '';
  for (const event of events) {
    if (event.type === 'text') text += event.delta;
    textUntil.push(text.length);
  }
  if (events.at(-1)?.type !== 'finish') throw new Error(`The script of ${model} does not finish.`);
  return { events, text, textUntil };
}
