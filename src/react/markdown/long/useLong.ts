import type { VirtualItem } from '@tanstack/virtual-core';
import { type RefObject, useLayoutEffect, useReducer, useRef, useState } from 'react';
import { frames } from '../../frame.ts';
import { useMarkdown } from '../context.ts';
import { hasRoom } from '../mount.ts';
import type { GroupNode, RootNode } from '../nodes.ts';
import { choose } from './choice.ts';
import { copyWhole } from './copy.ts';
import { estimateHeight } from './estimate.ts';
import { pinnedGroups } from './pins.ts';
import { allowAnchor, correct, hold, isAnchored, observePlace, observeSize } from './sight.ts';
import { heldBack, type List, useVirtual } from './useVirtual.ts';
import { type Whole, watchWhole } from './whole.ts';
import { createWindow } from './window.ts';

/** An answer of so many groups (about 200 KB of prose) is long: only what is near the sight is in the document. */
export const longAt = 64;

// Heights that were measured, for when the same answer is shown again.
const known = new WeakMap<RootNode, VirtualItem[]>();

// Asked for anew with each group that is added.
const estimates = new WeakMap<GroupNode, number>();

const never = (): boolean => false;

/** A group in the document, with what is left out in front of it. */
export interface LongRow {
  readonly group: GroupNode;
  readonly index: number;
  /** What is left out: number of groups, and their height, px. */
  readonly gap: { readonly count: number; readonly height: number } | undefined;
  /** Height it had when it was last measured, px; of an answer that is not long nobody knows. */
  readonly height: number | undefined;
}

export interface LongList {
  /** What is in the document. */
  readonly rows: readonly LongRow[];
  /** Whether that may be a part. */
  readonly isLong: boolean;
  readonly isWhole: boolean;
  /** For the `ref` of each group's element, which has its index as `data-index`. None while nothing need be measured. */
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
}

/** Which groups of an answer are in the document, by what is in sight. */
export function useLong(list: RefObject<HTMLDivElement | null>, root: RootNode, groups: readonly GroupNode[]): LongList {
  const { view } = useMarkdown();
  const [whole, setWhole] = useState<Whole>();
  const [, again] = useReducer((count: number) => count + 1, 0);
  const count = groups.length;
  const isLong = count >= longAt;
  // What is in the document is measured before any of it is taken away: it leaves its height.
  const [isMeasured, setMeasured] = useState(isLong);
  const before = useRef(0);
  const latest = useRef({ count, groups, whole });
  const held = useRef(0);

  const [anchored, setAnchored] = useState<typeof never>();
  const { list: virtualizer, measure } = useVirtual({
    count,
    enabled: isLong,
    getScrollElement: () => list.current,
    estimateSize: (index) => {
      const group = groups[index];
      if (group === undefined) return 0;
      const height = estimates.get(group) ?? estimateHeight(group, virtualizer.scrollRect?.width ?? 640);
      // The last one grows, and is in the document.
      if (index < count - 1) estimates.set(group, height);
      return height;
    },
    observeElementRect: observeSize,
    observeElementOffset: observePlace,
    measureElement: (element) => element.getBoundingClientRect().height,
    overscan: 0,
    initialMeasurementsCache: known.get(root) ?? [],
    scrollToFn: correct,
    onChange(isCommitting) {
      pane.look();
      anchor();
      if (heldBack(virtualizer) === held.current) return;
      if (isCommitting) again();
      else frames().commit(again);
    },
  });
  // What is in sight is kept where it is by the browser, where it can.
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = anchored;

  const [pane] = useState(() =>
    createWindow({
      choose(shown, limit) {
        const range = virtualizer.calculateRange();
        return choose({
          count: latest.current.count,
          inView: range === null ? undefined : { from: range.startIndex, to: range.endIndex },
          pinned: pinnedGroups(list.current),
          whole: latest.current.whole !== undefined,
          shown,
          limit,
        });
      },
      isInView: (index) => virtualizer.range !== null && index >= virtualizer.range.startIndex && index <= virtualizer.range.endIndex,
      mayCome: (index) => hasRoom(latest.current.groups[index], view),
      sight: () => ({ offset: virtualizer.scrollOffset ?? 0, height: virtualizer.scrollRect?.height ?? 0 }),
      onChange: again,
    }),
  );

  const anchor = (): void => {
    const { range } = virtualizer;
    const isIn = (index: number): boolean => range === null || (index >= range.startIndex && index <= range.endIndex);
    allowAnchor(list.current, pane.shown.size === 0 || [...pane.shown].some(isIn));
  };

  const isWindowed = isLong && isMeasured;
  const shown = isWindowed ? (whole === 'print' ? everyIndex(count) : pane.next(count)) : undefined;

  useLayoutEffect(() => {
    latest.current = { count, groups, whole };
    held.current = heldBack(virtualizer);
    if (shown !== undefined) {
      pane.rendered(shown, count);
      anchor();
    } else if (isLong) {
      pane.rendered(everyIndex(before.current), before.current);
      setMeasured(true);
    } else before.current = count;
  });
  useLayoutEffect(() => {
    const element = list.current;
    return () => {
      pane.close();
      allowAnchor(element, true);
    };
  }, [pane, list]);

  useLayoutEffect(() => {
    if (isWindowed && list.current !== null) setAnchored(() => (isAnchored(list.current) ? never : undefined));
  }, [isWindowed, list]);

  useLayoutEffect(() => () => void known.set(root, virtualizer.takeSnapshot()), [root, virtualizer]);

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    // On paper all is laid out otherwise, and scrolling does not follow.
    let printed: (() => void) | undefined;
    const unwatch = watchWhole(element, (next) => {
      const restore = printed ?? hold(element);
      printed = next === 'print' ? restore : undefined;
      view.expand(next === 'print' && element.closest('[data-paused]') === null);
      frames().commit(() => setWhole(next));
      restore();
    });
    copyWhole(element, root);
    return unwatch;
  }, [list, root, view]);

  return {
    // Until it is measured an answer that has become long is what it was.
    rows: shown === undefined ? allRows(isLong ? groups.slice(0, before.current) : groups) : rowsOf(virtualizer, groups, shown),
    isLong: isWindowed,
    isWhole: whole !== undefined,
    measure: isLong ? measure : undefined,
  };
}

function allRows(groups: readonly GroupNode[]): readonly LongRow[] {
  return groups.map((group, index) => ({ group, index, gap: undefined, height: undefined }));
}

function rowsOf(virtualizer: List, groups: readonly GroupNode[], shown: ReadonlySet<number>): readonly LongRow[] {
  // Taken off the first gap.
  let end = heldBack(virtualizer);
  let next = 0;
  return [...shown]
    .sort((a, b) => a - b)
    .flatMap((index): LongRow[] => {
      const group = groups[index];
      const place = virtualizer.measurementsCache[index];
      if (group === undefined || place === undefined) return [];
      const gap = index === next ? undefined : { count: index - next, height: place.start - end };
      end = place.end;
      next = index + 1;
      return [{ group, index, gap, height: place.size }];
    });
}

function everyIndex(count: number): ReadonlySet<number> {
  return new Set(Array.from({ length: count }, (_, index) => index));
}
