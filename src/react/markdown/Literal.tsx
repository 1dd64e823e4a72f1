import { createElement, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { createLineBoxes } from '../panel/lines.ts';
import { CodeBlock } from './code/CodeBlock.tsx';
import type { CodeSource } from './code/source.ts';
import { useMarkdown } from './context.ts';
import { useMount } from './mount.ts';
import type { LiteralNode } from './nodes.ts';
import { truncate } from './truncate.ts';

interface LiteralProps {
  readonly node: LiteralNode;
}

/** Code, math or raw HTML: a text without markup, that grows past React. */
export function Literal({ node }: LiteralProps): ReactNode {
  const { options } = useMarkdown();
  const [{ source, tell }] = useState(() => sourceOf(node));
  const { block, isClosed } = useMount(node, () => ({ block: node.block, isClosed: node.closed }), {
    onText: tell,
    length: () => node.text.length,
  });
  // React hears of the rest (the language, the end) at the same moment.
  // biome-ignore lint/correctness/useExhaustiveDependencies: that is what is told
  useLayoutEffect(() => tell(Number.POSITIVE_INFINITY), [tell, block, isClosed]);
  if (block.type === 'html') return <Text source={source} className="sluice-html" />;
  if (block.type === 'math') {
    if (options.math === undefined || !isClosed) return <Text source={source} className="sluice-math" />;
    return createElement(options.math.Math, { tex: source.from(0), display: true });
  }
  const code = createElement(options.code ?? CodeBlock, { block: source });
  const Fence =
    block.type === 'code' && options.fences !== undefined && Object.hasOwn(options.fences, block.language)
      ? options.fences[block.language]
      : undefined;
  return Fence === undefined ? code : <Fence block={source}>{code}</Fence>;
}

/** A text as it is, in boxes by line. */
function Text({ source, className }: { readonly source: CodeSource; readonly className: string }): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const { current } = element;
    const boxes = createLineBoxes(current);
    const show = (kept: number): void => {
      truncate(current, boxes, kept);
      if (source.length > boxes.length) boxes.append(source.from(boxes.length));
    };
    show(0);
    const unsubscribe = source.subscribe(show);
    return () => {
      unsubscribe();
      boxes.clear();
    };
  }, [source]);
  return <div ref={element} className={className} dir="auto" />;
}

interface Source {
  readonly source: CodeSource;
  readonly tell: (kept: number) => void;
}

const sources = new WeakMap<LiteralNode, Source>();

/** One for the life of the block: what is known of it by its source, such as its colours, is there when it is shown again. */
function sourceOf(node: LiteralNode): Source {
  const known = sources.get(node) ?? createSource(node);
  sources.set(node, known);
  return known;
}

function createSource(node: LiteralNode): Source {
  const listeners = new Set<{ readonly call: (kept: number) => void; length: number }>();
  const block = () => (node.block.type === 'code' ? node.block : { language: '', meta: '' });
  return {
    tell(kept) {
      for (const listener of listeners) {
        const known = Math.min(kept, listener.length);
        listener.length = node.text.length;
        listener.call(known);
      }
    },
    source: {
      get language() {
        return block().language;
      },
      get meta() {
        return block().meta;
      },
      get length() {
        return node.text.length;
      },
      get closed() {
        return node.closed;
      },
      from: (offset) => node.text.from(offset),
      subscribe(call) {
        const listener = { call, length: node.text.length };
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  };
}
