import { useEffect } from 'react';

/** Keeps the main thread busy for `share` per cent of the time, in slices of a tenth of a second. Returns `share`. */
export function useBusy(share: number): number {
  useEffect(() => {
    if (share <= 0) return undefined;
    const timer = setInterval(() => {
      const until = performance.now() + share;
      while (performance.now() < until);
    }, 100);
    return () => clearInterval(timer);
  }, [share]);
  return share;
}
