import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react';
import { type FrameTask, frames } from '../../frame.ts';
import { useMarkdown } from '../context.ts';
import type { GroupNode, RootNode } from '../nodes.ts';
import { choose } from './choice.ts';
import { selectedText } from './copy.ts';
import { estimateHeight } from './estimate.ts';
import { pinnedGroups } from './pins.ts';
import { correct, isAnchored, observePlace, observeSize } from './sight.ts';
import { type Whole, watchWhole } from './whole.ts';

/** An answer of this many groups of its own blocks (about 1,500 blocks, 200 KB of prose) is long: only what is near the sight is in the document. */
export const longAt = 64;

/** Groups that are mounted anew in one frame. */
const perFrame = 4;

/** Heights that were measured, for when the same answer is shown again. */
const known = new WeakMap<RootNode, VirtualItem[]>();

/** Asked for anew with each group that is added. */
const estimates = new WeakMap<GroupNode, number>();

const never = (): boolean => false;

/** A group in the document, with what is left out in front of it. */
export interface LongRow {
  readonly group: GroupNode;
  readonly index: number;
  /** What is left out: number of groups, and their height, px. */
  readonly gap: { readonly count: number; readonly height: number } | undefined;
  /** Height it had when it was last measured, px. */
  readonly height: number;
}

export interface LongList {
  /** What is in the document of an answer that is not long. */
  readonly all: readonly GroupNode[];
  /** What is in the document of one that is. */
  readonly rows: readonly LongRow[] | undefined;
  readonly isWhole: boolean;
  /** For the `ref` of each group's element, which has its index as `data-index`. None while nothing need be measured. */
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
}

/** Which groups of an answer are in the document, by what is in sight. */
export function useLong(list: RefObject<HTMLDivElement | null>, root: RootNode, groups: readonly GroupNode[]): LongList {
  const { view } = useMarkdown();
  const [whole, setWhole] = useState<Whole>();
  const [, again] = useReducer((count: number) => count + 1, 0);
  const mounted = useRef<ReadonlySet<number>>(new Set());
  const isLong = groups.length >= longAt;
  // What is in the document is measured before any of it is taken away: it leaves its height.
  const [isMeasured, setMeasured] = useState(isLong);

  const [anchored, setAnchored] = useState<typeof never>();
  const virtualizer = useVirtualizer<HTMLElement, HTMLElement>({
    count: groups.length,
    enabled: isLong,
    getScrollElement: () => list.current,
    estimateSize: (index) => {
      const group = groups[index];
      if (group === undefined) return 0;
      const height = estimates.get(group) ?? estimateHeight(group, list.current?.clientWidth ?? 640);
      // The last one grows, and is in the document.
      if (index < groups.length - 1) estimates.set(group, height);
      return height;
    },
    observeElementRect: observeSize,
    observeElementOffset: observePlace,
    measureElement: (element) => element.getBoundingClientRect().height,
    overscan: 0,
    initialMeasurementsCache: known.get(root) ?? [],
    scrollToFn: correct,
  });
  // What is in sight is kept where it is by the browser, where it can.
  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = anchored;

  const isWindowed = isLong && isMeasured;
  const items = isLong ? virtualizer.getVirtualItems() : [];
  const choice = isWindowed
    ? choose({
        count: groups.length,
        inView: items.length === 0 ? undefined : { from: items[0]?.index ?? 0, to: items.at(-1)?.index ?? 0 },
        pinned: pinnedGroups(list.current),
        whole: whole !== undefined,
        mounted: mounted.current,
        limit: whole === 'print' ? Number.POSITIVE_INFINITY : perFrame,
      })
    : undefined;

  useLayoutEffect(() => {
    const children = list.current?.querySelectorAll<HTMLElement>(':scope > [data-index]') ?? [];
    mounted.current = new Set(Array.from(children, (child) => Number(child.dataset['index'])));
    if (!isLong || isMeasured) return;
    setMeasured(true);
  });

  useLayoutEffect(() => {
    if (isWindowed && list.current !== null) setAnchored(() => (isAnchored(list.current) ? never : undefined));
  }, [isWindowed, list]);

  useLayoutEffect(() => () => void known.set(root, virtualizer.takeSnapshot()), [root, virtualizer]);

  useLayoutEffect(() => {
    if (!isWindowed || list.current === null || typeof ResizeObserver === 'undefined') return undefined;
    // Who is at the end stays there when heights are found out.
    const observer = new ResizeObserver(() => view.settle());
    observer.observe(list.current);
    return () => observer.disconnect();
  }, [isWindowed, list, view]);

  const isPartial = choice?.isPartial ?? false;
  useEffect(() => {
    if (!isPartial) return undefined;
    const task: FrameTask = { kind: 'mount', flush: () => frames().commit(again) };
    frames().request(task);
    return () => frames().cancel(task);
  });

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const unwatch = watchWhole(element, (next) => {
      const scroller = element.closest('.sluice-scroller');
      const isAtEnd = scroller !== null && scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= 1;
      view.expand(next === 'print' && element.closest('[data-paused]') === null);
      frames().commit(() => setWhole(next));
      if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
    });
    const panel = element.closest('[data-stream-panel]');
    const copied = (event: ClipboardEvent): void => {
      const text = event.defaultPrevented ? undefined : selectedText(element, root);
      if (text === undefined) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
    };
    // A selection of the whole page is copied from outside of the panel.
    const { ownerDocument } = panel ?? element;
    ownerDocument.addEventListener('copy', copied);
    return () => {
      unwatch();
      ownerDocument.removeEventListener('copy', copied);
    };
  }, [list, root, view]);

  // While a finger scrolls, the virtualizer holds back what it has to make up for: until then it is taken off the first gap.
  const first = items[0];
  let end = first === undefined ? 0 : (virtualizer.measurementsCache[first.index]?.start ?? 0) - first.start;
  let next = 0;
  const rows = choice?.shown.flatMap((index): LongRow[] => {
    const group = groups[index];
    const place = virtualizer.measurementsCache[index];
    if (group === undefined || place === undefined) return [];
    const gap = index === next ? undefined : { count: index - next, height: place.start - end };
    end = place.end;
    next = index + 1;
    return [{ group, index, gap, height: place.size }];
  });
  // Until it is measured an answer that has become long is what it was.
  const all = isLong ? groups.slice(0, mounted.current.size) : groups;
  return { all, rows, isWhole: whole !== undefined, measure: isLong ? virtualizer.measureElement : undefined };
}
