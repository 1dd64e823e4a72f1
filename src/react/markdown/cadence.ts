import type { Cadence } from '../running/budget.ts';
import { running } from '../running.ts';

/**
 * Frames take the page's thread from what has to happen between them: messages of the workers, above all. A frame costs as
 * much as many panels, whoever is in it, so where the parser's answers wait for the thread, every second picture is left out.
 */
export interface ParserCadence extends Cadence {
  /** An answer of the parser, who has so many texts to read, came `ms` after what it answers was sent. */
  answered(ms: number, texts: number, intervalMs: number): void;
}

// How much the latest answer counts in the average.
const weight = 1 / 16;
// Of the display's interval: where answers take longer, every second picture is left out, until they take less than the other.
const slowShare = 0.6;
const quickShare = 0.2;
// With fewer texts it is the panels that a frame costs: to leave out pictures would only make the others longer.
const leastTexts = 16;
// What no answer has confirmed for so long, ms, holds no longer.
const forgetMs = 500;

export function createCadence(clock: () => number = () => performance.now()): ParserCadence {
  let averageMs = 0;
  let isSlow = false;
  let answeredAt = 0;
  return {
    get stride() {
      return isSlow && clock() - answeredAt < forgetMs ? 2 : 1;
    },
    answered(ms, texts, intervalMs) {
      answeredAt = clock();
      averageMs += (Math.min(ms, 4 * intervalMs) - averageMs) * weight;
      isSlow = texts >= leastTexts && averageMs > intervalMs * (isSlow ? quickShare : slowShare);
    },
  };
}

const pageCadence = createCadence();

/** An answer of the page's parser, who has so many texts to read, came after `ms`. */
export function answered(ms: number, texts: number): void {
  const budget = running.module?.pageBudget;
  budget?.follow(pageCadence);
  if (budget !== undefined) pageCadence.answered(ms, texts, budget.intervalMs);
}

/** Pictures are left out: what would be worth one of its own otherwise goes with those there are. */
export function isSlow(): boolean {
  return pageCadence.stride > 1;
}
