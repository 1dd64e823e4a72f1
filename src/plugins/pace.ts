import { flushSync } from 'react-dom';

/** Gives turns to what is heavy to show, so many to a picture, the whole page's together. */
export interface Pace {
  /**
   * Calls `turn`, which may set React state: at once where this picture has room for `size` more, else in a later one, in order.
   * `signal` gives the turn up.
   */
  take(size: number, turn: () => void, signal: AbortSignal): void;
}

export interface PaceOptions {
  /** Turns in a picture. */
  readonly most: number;
  /** Together of this size at most; one that is larger has a picture for itself. */
  readonly mostSize: number;
  readonly host?: PaceHost;
}

export interface PaceHost {
  requestFrame(callback: () => void): void;
  /** Calls back before the page is printed, first with `true`, then, when what it shows for that is there, with `false`. */
  onPrint(callback: (isFirst: boolean) => void): void;
  onPrinted(callback: () => void): void;
  /** Runs what sets React state, and has it shown. */
  commit(update: () => void): void;
}

export function createPace({ most, mostSize, host = page }: PaceOptions): Pace {
  const waiting = new Set<{ readonly size: number; readonly turn: () => void }>();
  // Of this picture.
  let count = 0;
  let taken = 0;
  let isAsked = false;
  let isPrinting: boolean | undefined;

  const spend = (size: number): boolean => {
    if (!isPrinting && (count >= most || (count > 0 && taken + size > mostSize))) return false;
    count += 1;
    taken += size;
    return true;
  };
  const serve = (): void => {
    for (const next of waiting) {
      if (!spend(next.size)) break;
      waiting.delete(next);
      next.turn();
    }
  };
  const ask = (): void => {
    if (isAsked) return;
    isAsked = true;
    host.requestFrame(() => {
      isAsked = false;
      count = taken = 0;
      if (waiting.size === 0) return;
      ask();
      host.commit(serve);
    });
  };
  // With the first turn: not on a server.
  const listen = (): void => {
    isPrinting = false;
    host.onPrint((isFirst) => {
      isPrinting = true;
      if (!isFirst) host.commit(serve);
    });
    host.onPrinted(() => {
      isPrinting = false;
    });
  };

  return {
    take(size, turn, signal) {
      if (isPrinting === undefined) listen();
      ask();
      if ((isPrinting || waiting.size === 0) && spend(size)) {
        turn();
        return;
      }
      const one = { size, turn };
      waiting.add(one);
      signal.addEventListener('abort', () => waiting.delete(one));
    },
  };
}

const page: PaceHost = {
  requestFrame: (callback) => void requestAnimationFrame(callback),
  onPrint(callback) {
    addEventListener('beforeprint', () => callback(true), true);
    addEventListener('beforeprint', () => callback(false));
  },
  onPrinted: (callback) => addEventListener('afterprint', callback),
  commit: (update) => flushSync(update),
};
