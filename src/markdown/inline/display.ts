import type { Inline, Segment } from '../blocks.ts';
import type { InlineChange } from './content.ts';
import { grow, growth, join } from './tail.ts';

/** What the leaf shows, in segments, and what of it has changed since it was taken. */
export interface Display {
  /** What is settled since segments were sealed. */
  settled(): readonly Inline[];
  /** The segments are the sealed ones, these, and one with what is settled since and the tail. */
  show(seal: readonly Segment[], settled: readonly Inline[], tail: readonly Inline[]): void;
  /** Text joins the last leaf. */
  append(text: string): void;
  /** What is left, in segments, with what was settled; nothing changes after. */
  finish(rest: readonly Segment[]): void;
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

  const seal = (segments: readonly Segment[]): void => {
    for (const segment of segments) sealed.push(segment);
  };

  return {
    settled: () => settled,
    show(full, since, tail) {
      fold();
      if (full.length > 0) {
        changed(sealed.length);
        seal(full);
      }
      settled = since;
      const shown = tail.length === 0 ? settled : join(settled, tail);
      const text = changedFrom === undefined ? growth(last, shown) : undefined;
      if (text === undefined) changed(sealed.length);
      else appended += text;
      last = shown;
    },
    append,
    finish(rest) {
      fold();
      const text = changedFrom === undefined && rest.length === 1 && rest[0] ? growth(last, rest[0]) : undefined;
      if (text === undefined && !(rest.length === 0 && last.length === 0)) changed(sealed.length);
      else appended += text ?? '';
      seal(rest);
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
