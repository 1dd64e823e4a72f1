import type { Inline, Segment } from '../blocks.ts';
import type { InlineChange } from './content.ts';
import type { Finished, Settled, Shown } from './seal.ts';
import { grow, growth, join } from './tail.ts';

/** What the leaf shows, in segments, and what of it has changed since it was taken. */
export interface Display {
  shown(): Shown;
  /** The segments are the sealed ones, `kept` of the doubtful ones, `full`, and one with what is settled since and the tail. */
  show(settled: Settled): void;
  /** What is sealed from now on is by what was assumed. */
  assume(): void;
  /** And that is in doubt: it stays on display until the next call says what it is. */
  doubt(): void;
  /** Text joins the last leaf. */
  append(text: string): void;
  /** `kept` of the doubtful segments, and what is left, with what was settled; nothing changes after. */
  finish(finished: Finished): void;
  reset(): void;
  take(): InlineChange | undefined;
}

const none: readonly never[] = [];

export function createDisplay(): Display {
  let sealed: Segment[] = [];
  /** Settled nodes of the last segment. */
  let settled: readonly Inline[] = [];
  /** The last segment but for `grown`, which joins its last leaf. */
  let last: readonly Inline[] = [];
  let grown = '';
  let finished = false;
  /** How much was sealed, and what was settled since, when something was assumed. */
  let assumed: { readonly sealed: number; readonly settled: readonly Inline[] } | undefined;
  let doubtful: readonly Segment[] = none;

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

  /** Of what was in doubt this much was right. */
  const keep = (kept: number): void => {
    const { length } = doubtful;
    for (let index = 0; index < kept; index += 1) sealed.push(doubtful[index] ?? none);
    doubtful = none;
    if (kept < length) changed(sealed.length);
  };

  return {
    shown: () => ({ settled, doubtful }),
    assume() {
      assumed ??= { sealed: sealed.length, settled };
    },
    doubt() {
      if (!assumed) return;
      doubtful = sealed.slice(assumed.sealed);
      sealed.length = assumed.sealed;
      ({ settled } = assumed);
      assumed = undefined;
    },
    show({ kept, full, settled: since, result: { tail } }) {
      fold();
      keep(kept);
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
    finish({ kept, rest }) {
      fold();
      keep(kept);
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
      doubtful = none;
      assumed = undefined;
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
