/** What is wanted of a long answer's groups, by index. */
export interface Wanted {
  /** Number of groups. */
  readonly count: number;
  /** In view, both included; `undefined`: nothing is. */
  readonly inView: { readonly from: number; readonly to: number } | undefined;
  /** Those that hold the focus or an end of the selection. */
  readonly pinned: ReadonlySet<number>;
  /** Whether all of them are wanted, for search or print. */
  readonly whole: boolean;
  readonly mounted: ReadonlySet<number>;
  /** Most of them that may be mounted anew, at least the last is. */
  readonly limit: number;
}

export interface Choice {
  /** In order. */
  readonly shown: readonly number[];
  /** Whether more are wanted than were allowed. */
  readonly isPartial: boolean;
}

/** Groups beside those in view that are mounted before they come into view, and that stay when they have gone. */
const ahead = 1;
const behind = 2;

/** Which groups are in the document next: the last one always, for it grows and the reader may be there; those in view first. */
export function choose({ count, inView, pinned, whole, mounted, limit }: Wanted): Choice {
  const shown = new Set<number>();
  let added = 0;
  let isPartial = false;
  const add = (index: number): void => {
    if (index < 0 || index >= count || shown.has(index)) return;
    if (!mounted.has(index)) {
      if (added >= limit && index !== count - 1) {
        isPartial = true;
        return;
      }
      added += 1;
    }
    shown.add(index);
  };
  add(count - 1);
  for (const index of pinned) if (mounted.has(index)) add(index);
  if (inView !== undefined) {
    for (let index = inView.from; index <= inView.to; index += 1) add(index);
    for (let step = 1; step <= ahead; step += 1) {
      add(inView.to + step);
      add(inView.from - step);
    }
    for (const index of mounted) if (index >= inView.from - behind && index <= inView.to + behind) add(index);
  }
  if (whole) {
    for (const index of mounted) add(index);
    for (let index = 0; index < count && added < limit; index += 1) add(index);
    isPartial = shown.size < count;
  }
  return { shown: [...shown].sort((a, b) => a - b), isPartial };
}
