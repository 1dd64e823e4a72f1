import type { MouseEvent } from 'react';
import { seekGroup } from './long/seek.ts';

/** A reference that somebody has followed: which of its group's to the same footnote, and the group's place in the answer. */
interface Departure {
  readonly element: HTMLElement;
  readonly group: number | undefined;
  readonly turn: number;
}

// By list of blocks, which every answer has its own of, and number of the footnote: for the way back.
const departures = new WeakMap<Element, Map<number, Departure>>();

const bodyOf = (element: Element): Element | null => element.closest('[data-stream-body]');
const referencesTo = (number: number): string => `[data-footnote-ref="${number}"]`;

/** Leads to a footnote of this answer, whatever the app makes of addresses that begin with `#`. */
export function leadToNote(event: MouseEvent<HTMLElement>, number: number): void {
  event.preventDefault();
  const element = event.currentTarget;
  const body = bodyOf(element);
  const list = body?.querySelector('.sluice-list');
  if (!body || !list) return;
  const known = departures.get(list) ?? new Map<number, Departure>();
  departures.set(list, known);
  const group = element.closest<HTMLElement>('.sluice-blocks');
  const turn = [...(group?.querySelectorAll(referencesTo(number)) ?? [])].indexOf(element);
  known.set(number, { element, group: group === null ? undefined : Number(group.dataset['index']), turn });
  arrive(body.querySelector<HTMLElement>(`[data-footnote="${number}"]`));
}

/**
 * Leads back to the reference the reader has come from, or else to the first, `firstGroup` being the group it is in; of a long
 * answer that group comes into the document for it.
 */
export function leadBack(event: MouseEvent<HTMLElement>, number: number, firstGroup: () => number | undefined): void {
  event.preventDefault();
  const body = bodyOf(event.currentTarget);
  const list = body?.querySelector<HTMLElement>('.sluice-list');
  if (!body || !list) return;
  const from = departures.get(list)?.get(number);
  if (from?.element.isConnected) {
    arrive(from.element);
    return;
  }
  const group = from?.group ?? firstGroup();
  const turn = from?.turn ?? 0;
  if (group === undefined) arrive(body.querySelector<HTMLElement>(referencesTo(number)));
  else seekGroup(list, group, (found) => arrive([...found.querySelectorAll<HTMLElement>(referencesTo(number))][turn]));
}

function arrive(target: HTMLElement | null | undefined): void {
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest' });
}
