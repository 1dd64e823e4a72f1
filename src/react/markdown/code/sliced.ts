import type { LiteralNode } from '../nodes.ts';
import type { MarkdownView } from '../view.ts';
import { setOrigin } from './origin.ts';
import type { CodeSource } from './source.ts';

/** A literal leaf as one panel shows it. What it has not shown yet comes in by slices, all panels' together so much in a frame. */
export interface SlicedSource {
  readonly source: CodeSource;
  /** Within a frame's flush: shows more, as far as the frame can afford it; what is behind `kept` is another. */
  readonly tell: (kept: number) => void;
}

const sources = new WeakMap<MarkdownView, WeakMap<LiteralNode, SlicedSource>>();

/** One for as long as the panel shows the document: a block that is scrolled back to is there at once. */
export function sourceOf(node: LiteralNode, view: MarkdownView): SlicedSource {
  const known = sources.get(view) ?? new WeakMap<LiteralNode, SlicedSource>();
  sources.set(view, known);
  const source = known.get(node) ?? createSource(node, view);
  known.set(node, source);
  return source;
}

function createSource(node: LiteralNode, view: MarkdownView): SlicedSource {
  const listeners = new Set<{ readonly call: (kept: number) => void; length: number }>();
  /** Code units that may be shown. */
  let length = 0;
  const advance = (atLeast = 0): void => {
    const wanted = node.text.length - length;
    if (wanted <= 0 || view.isExpanded()) length = node.text.length;
    else length += view.units.take(wanted, atLeast);
  };
  advance(view.whole.has(node) ? node.text.length : 0);
  const block = () => (node.block.type === 'code' ? node.block : { language: '', meta: '' });
  const source: CodeSource = {
    get language() {
      return block().language;
    },
    get meta() {
      return block().meta;
    },
    get length() {
      return length;
    },
    get closed() {
      return node.closed && length >= node.text.length;
    },
    from: (offset) => node.text.from(offset, length),
    subscribe(call) {
      const listener = { call, length };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  setOrigin(source, { key: node, code: () => node.text.toString() });
  return {
    source,
    tell(kept) {
      advance();
      for (const listener of listeners) {
        const known = Math.min(kept, listener.length);
        listener.length = length;
        listener.call(known);
      }
    },
  };
}
