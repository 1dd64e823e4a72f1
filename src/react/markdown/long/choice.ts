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
  /** In the document now. */
  readonly shown: ReadonlySet<number>;
  /** Most of the missing that are asked for. */
  readonly limit: number;
}

export interface Choice {
  /** Of those shown, the ones that stay. */
  readonly kept: ReadonlySet<number>;
  /** What is to come into the document, the most important first. */
  readonly missing: readonly number[];
}

// Groups beside those in view that come before they are in view, and that stay when they have gone.
const ahead = 1;
const behind = 2;

/** Which groups are in the document next: the last one always, for it grows and the reader may be there; those in view first. */
export function choose({ count, inView, pinned, whole, shown, limit }: Wanted): Choice {
  const kept = new Set<number>();
  const missing = new Set<number>();
  const want = (index: number): void => {
    if (index < 0 || index >= count) return;
    if (shown.has(index)) kept.add(index);
    else if (missing.size < limit) missing.add(index);
  };
  want(count - 1);
  for (const index of pinned) if (shown.has(index)) want(index);
  if (inView !== undefined) {
    for (let index = inView.from; index <= inView.to; index += 1) want(index);
    for (let step = 1; step <= ahead; step += 1) {
      want(inView.to + step);
      want(inView.from - step);
    }
    for (const index of shown) if (index >= inView.from - behind && index <= inView.to + behind) want(index);
  }
  if (whole) for (let index = 0; index < count; index += 1) want(index);
  return { kept, missing: [...missing] };
}
