import type { Inline, Segment } from '../blocks.ts';
import type { InlineChange } from './content.ts';
import { mostNodes, mostText, splitSegments, textLength } from './segments.ts';
import { grow, growth, join } from './tail.ts';

/** What the leaf shows, in segments, and what of it has changed since it was taken. */
export interface Display {
  /** The segments are the sealed ones, and one with what is settled since and the tail. `isBreak`: what was shown ends in the settled. */
  show(settled: readonly Inline[], tail: readonly Inline[], isBreak: boolean): void;
  /** Text joins the last leaf. */
  append(text: string): void;
  /** What is left; nothing changes after. */
  finish(nodes: readonly Inline[]): void;
  reset(): void;
  take(): InlineChange | undefined;
}

export function createDisplay(): Display {
  let sealed: Segment[] = [];
  /** Settled nodes of the last segment. */
  let settled: readonly Inline[] = [];
  /** The last segment but for `grown`, which joins its last leaf. */
  let last: readonly Inline[] = [];
  let grown = '';
  let finished = false;

  /** The first segment that changed, or text that joined the last one. */
  let changedFrom: number | undefined;
  let appended = '';

  const fold = (): void => {
    if (grown === '') return;
    last = grow(last, grown);
    grown = '';
  };

  const changed = (from: number): void => {
    changedFrom = Math.min(changedFrom ?? from, from);
    appended = '';
  };

  const append = (text: string): void => {
    grown += text;
    if (changedFrom === undefined) appended += text;
  };

  const seal = (): void => {
    changed(sealed.length);
    sealed.push(...splitSegments(settled));
    settled = [];
  };

  return {
    show(nodes, tail, isBreak) {
      fold();
      settled = join(settled, nodes);
      const weight = Math.max(settled.length / mostNodes, textLength(settled) / mostText);
      if (weight >= 1 || (isBreak && weight >= 0.5)) seal();
      const shown = join(settled, tail);
      const text = changedFrom === undefined ? growth(last, shown) : undefined;
      if (text === undefined) changed(sealed.length);
      else appended += text;
      last = shown;
    },
    append,
    finish(nodes) {
      fold();
      const rest = splitSegments(join(settled, nodes));
      const text = changedFrom === undefined && rest.length === 1 && rest[0] ? growth(last, rest[0]) : undefined;
      if (text === undefined && !(rest.length === 0 && last.length === 0)) changed(sealed.length);
      else appended += text ?? '';
      sealed.push(...rest);
      settled = [];
      last = [];
      finished = true;
    },
    reset() {
      sealed = [];
      settled = [];
      last = [];
      grown = '';
      finished = false;
      changed(0);
    },
    take() {
      const from = changedFrom;
      const text = appended;
      if (from === undefined && text === '') return undefined;
      changedFrom = undefined;
      appended = '';
      if (from === undefined) return { type: 'append', text };
      fold();
      return { type: 'inline', from, segments: finished ? sealed.slice(from) : [...sealed.slice(from), last] };
    },
  };
}
