import type { MouseEvent } from 'react';
import type { Inline } from '../../markdown/index.ts';
import { seekGroup } from './long/seek.ts';
import { type BlockNode, footnoteLabel, type RootNode } from './nodes.ts';

/** A reference that somebody has followed: which of its group's to the same footnote, and the group's place in the answer. */
interface Departure {
  readonly element: HTMLElement;
  readonly group: number | undefined;
  readonly turn: number;
}

/** By list of blocks, which every answer has its own of, and number of the footnote: for the way back. */
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

/** Index of the first group that refers to the footnote; `undefined` where only another footnote does, or nothing. O(answer). */
export function groupWithReference({ groups }: RootNode, label: string): number | undefined {
  const name = footnoteLabel(label);
  const index = groups.findIndex(({ children }) => children.some((node) => refersTo(node, name)));
  return index < 0 ? undefined : index;
}

function refersTo(node: BlockNode, name: string): boolean {
  if (node.kind === 'literal') return false;
  if (node.kind === 'inline')
    return node.boxes.some((segments) => segments.some((inlines) => inlines.some((inline) => isReference(inline, name))));
  if (node.block.type === 'footnoteDefinition') return false;
  return (
    (node.header !== undefined && refersTo(node.header, name)) ||
    node.groups.some(({ children }) => children.some((child) => refersTo(child, name)))
  );
}

function isReference(inline: Inline, name: string): boolean {
  if (inline.type === 'footnoteReference') return footnoteLabel(inline.label) === name;
  return 'children' in inline && inline.children.some((child) => isReference(child, name));
}

function arrive(target: HTMLElement | null | undefined): void {
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest' });
}
