import type { TextLog } from '../client.ts';

/** How much of a growing text to show, so that what arrives in bursts is read as it flows. Display only: nothing is held up by it. */
export interface Pacer {
  /** `length` code units have arrived by `now`. */
  arrived(now: number, length: number): void;
  /** How many of them to show at `now`: a whole number of characters, as readers count them. Never less than before. */
  limit(now: number, text: TextLog): number;
  /** Another text begins, of which `shown` code units are on display. */
  restart(shown: number): void;
}

/** Nothing is shown later than this after its arrival because of pacing, ms. */
const maxDelayMs = 250;
/** Over about how long the arrival rate is averaged, ms. */
const averageMs = 500;
/** Longest cut between two characters is looked for this far back, code units. */
const windowLength = 256;

export function createPacer(): Pacer {
  /** Arrivals that are not all on display: at what time how much there was. */
  let arrivals: { readonly at: number; readonly length: number }[] = [];
  let length = 0;
  let lastArrival = Number.NaN;
  /** Of the last while, the nearer past counting more: code units, and ms in which they came. */
  let units = 0;
  let spanMs = 0;
  let position = 0;
  let lastFrame = Number.NaN;

  return {
    arrived(now, next) {
      if (next <= length) return;
      if (!Number.isNaN(lastArrival)) {
        const elapsed = Math.max(1, now - lastArrival);
        const kept = Math.exp(-elapsed / averageMs);
        units = units * kept + (next - length);
        spanMs = spanMs * kept + elapsed;
      }
      length = next;
      lastArrival = now;
      arrivals.push({ at: now, length: next });
    },
    limit(now, text) {
      // After a pause the flow goes on with what one frame shows. What mounted may have been shown behind the frame's time.
      const elapsed = Number.isNaN(lastFrame) ? 16 : Math.min(Math.max(0, now - lastFrame), 50);
      lastFrame = now;
      // Fast enough for each arrival to be there before its time is over; what is late (a hidden page, a long task) at once.
      let needed = spanMs > 0 ? units / spanMs : 0;
      for (const arrival of arrivals) {
        const leftMs = Math.max(1, arrival.at + maxDelayMs - now);
        needed = Math.max(needed, (arrival.length - position) / leftMs);
      }
      position = Math.min(text.length, position + needed * elapsed);
      const cut = boundary(text, Math.floor(position));
      arrivals = arrivals.filter((arrival) => arrival.length > cut);
      return cut;
    },
    restart(shown) {
      arrivals = [];
      length = position = shown;
      units = spanMs = 0;
      lastArrival = lastFrame = Number.NaN;
    },
  };
}

let segmenter: Intl.Segmenter | undefined;

/** The last place at or before `at` that is between two characters. */
function boundary(text: TextLog, at: number): number {
  if (at >= text.length) return text.length;
  const start = Math.max(0, at - windowLength);
  const near = text.from(start).slice(0, 2 * windowLength);
  if (typeof Intl.Segmenter === 'undefined') return isLowSurrogate(near, at - start) ? at - 1 : at;
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return start + (segmenter.segment(near).containing(at - start)?.index ?? at - start);
}

function isLowSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit < 0xe000;
}
