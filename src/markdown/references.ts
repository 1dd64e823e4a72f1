import type { BlockKey } from './blocks.ts';
import type { Definition } from './definition.ts';
import type { MarkdownSyntax } from './document.ts';
import { createInlineContent, type InlineContent, type References } from './inline/content.ts';
import { decodeText } from './inline/entities.ts';
import type { Output } from './output.ts';

/**
 * Link and footnote definitions, the first of each label, and the closed leaves that wait for one: their source, nothing else.
 * A definition that comes late has just those parsed again. Bounds: what waits is at most `mostWaiting` leaves with
 * `mostSource` code units, beyond which the oldest keep what they say. What is parsed again is in proportion to what
 * arrived; the rest follows at the end, once.
 */
export interface ReferenceTable {
  readonly lookups: References;
  define(definition: Definition): void;
  defineFootnote(label: string): void;
  /** The leaf is closed, and these labels had no definition; footnotes with a leading `^`. */
  keep(key: BlockKey, source: string, unresolved: ReadonlySet<string>): void;
  /** The blocks with these keys are withdrawn. */
  drop(from: BlockKey, to: BlockKey): void;
  /** So much text arrived. */
  earn(length: number): void;
  /** Tells the revisions that are due, at the end all of them. Returns whether done. */
  revise(isLate: () => boolean, ended: boolean): boolean;
}

interface Waiting {
  readonly key: BlockKey;
  readonly source: string;
  readonly labels: ReadonlySet<string>;
}

export const mostWaiting = 20_000;
export const mostSource: number = 1 << 20;
/** Labels of one leaf, beyond which it keeps what it says. */
const mostLabels = 16_384;
/** Code units parsed again for each that arrived. */
const revisionsPerUnit = 8;
/** So that a short answer is revised at once. */
const initialCredit = 1 << 16;

export function createReferences(output: Output, syntax: MarkdownSyntax): ReferenceTable {
  const links = new Map<string, { url: string; title: string | undefined }>();
  const footnotes = new Set<string>();
  /** In the order of closing. */
  const waiting = new Map<BlockKey, Waiting>();
  const byLabel = new Map<string, Set<Waiting>>();
  let sourceLength = 0;
  let credit = initialCredit;
  const due = new Set<Waiting>();
  let revising: { leaf: Waiting; content: InlineContent; definitions: number } | undefined;

  const lookups: References = {
    link: (label) => links.get(label),
    footnote: (label) => footnotes.has(label),
  };

  const forget = (leaf: Waiting): void => {
    waiting.delete(leaf.key);
    due.delete(leaf);
    sourceLength -= leaf.source.length;
    for (const label of leaf.labels) {
      const leaves = byLabel.get(label);
      leaves?.delete(leaf);
      if (leaves?.size === 0) byLabel.delete(label);
    }
  };

  const defined = (label: string): void => {
    for (const leaf of byLabel.get(label) ?? []) due.add(leaf);
  };

  const isDefined = (label: string): boolean => links.has(label) || (label.startsWith('^') && footnotes.has(label.slice(1)));

  /** `known`: how many definitions its parser has certainly seen. */
  const keep = (key: BlockKey, source: string, labels: ReadonlySet<string>, known: number): void => {
    if (labels.size === 0 || labels.size > mostLabels || source.length > mostSource) return;
    const leaf: Waiting = { key, source, labels: new Set(labels) };
    waiting.set(key, leaf);
    sourceLength += source.length;
    for (const label of leaf.labels) {
      const leaves = byLabel.get(label);
      if (leaves) leaves.add(leaf);
      else byLabel.set(label, new Set([leaf]));
      if (known < links.size + footnotes.size && isDefined(label)) due.add(leaf);
    }
    for (const oldest of waiting.values()) {
      if (waiting.size <= mostWaiting && sourceLength <= mostSource) break;
      forget(oldest);
    }
  };

  return {
    lookups,
    define({ label, url, title }) {
      if (links.has(label)) return;
      links.set(label, { url: decodeText(url), title: title === undefined ? undefined : decodeText(title) });
      defined(label);
    },
    defineFootnote(label) {
      if (footnotes.has(label)) return;
      footnotes.add(label);
      defined(`^${label}`);
    },
    keep: (key, source, labels) => keep(key, source, labels, 0),
    drop(from, to) {
      if (revising && revising.leaf.key >= from && revising.leaf.key <= to) revising = undefined;
      if (to - from < waiting.size) {
        for (let key = from; key <= to; key += 1) {
          const leaf = waiting.get(key);
          if (leaf) forget(leaf);
        }
      } else for (const leaf of waiting.values()) if (leaf.key >= from && leaf.key <= to) forget(leaf);
    },
    earn(length) {
      credit += length * revisionsPerUnit;
    },
    revise(isLate, ended) {
      while (revising || due.size > 0) {
        if (!revising) {
          const [leaf] = due;
          if (!leaf || (leaf.source.length > credit && !ended)) return true;
          forget(leaf);
          credit -= leaf.source.length;
          const content = createInlineContent(lookups, syntax);
          content.replace(0, leaf.source);
          content.finish();
          revising = { leaf, content, definitions: links.size + footnotes.size };
        }
        const { leaf, content, definitions } = revising;
        if (!content.advance(isLate)) return false;
        const change = content.take();
        if (change?.type === 'inline') output.revise(leaf.key, change.segments);
        revising = undefined;
        keep(leaf.key, leaf.source, content.unresolved, definitions);
        if (!output.drain(isLate) || isLate()) return false;
      }
      return true;
    },
  };
}
