import { type FrameTask, frames } from '../../frame.ts';
import type { List } from './useVirtual.ts';

// Which part of a list is in sight of its scroller, in the list's own coordinates, so that nothing need be known of what else
// is in the scroller. A panel that is higher than the window has the window for its scroller.
function sightOf(list: HTMLElement): { readonly offset: number; readonly width: number; readonly height: number } {
  const scroller = list.closest('.sluice-scroller') ?? list;
  const { top, width } = list.getBoundingClientRect();
  const box = scroller.getBoundingClientRect();
  const height = scroller.clientHeight;
  const isWindow = height > 2 * innerHeight;
  const from = isWindow ? Math.max(0, box.top) : box.top;
  const to = isWindow ? Math.min(innerHeight, box.top + height) : box.top + height;
  return { offset: from - top, width, height: Math.max(0, to - from) };
}

// Whether the browser keeps what is in sight where it is while what is in front of it changes: of readers who are not at the end.
export function isAnchored(list: HTMLElement | null): boolean {
  const scroller = list?.closest<HTMLElement>('.sluice-scroller');
  if (!scroller) return false;
  const { dataset, style } = scroller;
  const { atEnd } = dataset;
  const { overflowAnchor } = style;
  delete dataset['atEnd'];
  style.overflowAnchor = '';
  const isOn = (getComputedStyle(scroller).overflowAnchor ?? 'none') !== 'none';
  if (atEnd !== undefined) dataset['atEnd'] = atEnd;
  style.overflowAnchor = overflowAnchor;
  return isOn;
}

// Where only what is left out is in sight, the browser must not choose what it keeps in place: it would be the whole list, until
// something scrolls again.
export function allowAnchor(list: HTMLElement | null, isAllowed: boolean): void {
  const scroller = list?.closest<HTMLElement>('.sluice-scroller');
  if (scroller) scroller.style.overflowAnchor = isAllowed ? '' : 'none';
}

// Notes what is in sight, or that it is the end; the call brings it back to where it was, whatever has another height since.
export function hold(list: HTMLElement): () => void {
  const scroller = list.closest('.sluice-scroller') ?? list;
  const isAtEnd = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= 1;
  const topOf = (element: Element) => element.getBoundingClientRect().top;
  const group = [...list.querySelectorAll('.sluice-blocks')].findLast((each) => topOf(each) <= topOf(scroller)) ?? list;
  const before = topOf(group);
  return () => {
    scroller.scrollTop += isAtEnd ? scroller.scrollHeight : topOf(group) - before;
  };
}

// For the virtualizer: makes up for what has turned out to have another height. At the end the end is what stays.
export function correct(_offset: number, { adjustments = 0 }: { adjustments?: number }, { scrollElement }: List): void {
  const scroller = scrollElement?.closest('.sluice-scroller');
  if (!scroller || adjustments === 0) return;
  if (scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop > 1) scroller.scrollTop += adjustments;
}

// For the virtualizer: calls back with the size of what is in sight.
export function observeSize(instance: List, call: (rect: { width: number; height: number }) => void): (() => void) | undefined {
  const list = instance.scrollElement;
  if (list === null) return undefined;
  const look = (): void => call(sightOf(list));
  look();
  if (typeof ResizeObserver === 'undefined') return undefined;
  const observer = new ResizeObserver(look);
  observer.observe(list.closest('.sluice-scroller') ?? list);
  return () => observer.disconnect();
}

// For the virtualizer: calls back with where in the list the sight begins, when anything scrolls, and when the list has another height.
export function observePlace(instance: List, call: (offset: number, isScrolling: boolean) => void): (() => void) | undefined {
  const list = instance.scrollElement;
  if (list === null) return undefined;
  const { ownerDocument } = list;
  call(sightOf(list).offset, false);
  const scrolled = ({ target }: Event): void => {
    if (target instanceof Node && target.contains(list)) call(sightOf(list).offset, true);
  };
  ownerDocument.addEventListener('scroll', scrolled, { capture: true, passive: true });
  // In the next frame: what is rendered in an observer's turn resizes what is observed.
  const task: FrameTask = { kind: 'mount', flush() {}, settle: () => call(sightOf(list).offset, true) };
  const observer = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(() => frames().request(task));
  observer?.observe(list);
  return () => {
    frames().cancel(task);
    ownerDocument.removeEventListener('scroll', scrolled, { capture: true });
    observer?.disconnect();
  };
}
