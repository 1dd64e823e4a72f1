import { createElement, type ReactNode, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { createLineBoxes } from '../panel/lines.ts';
import { CodeBlock } from './code/CodeBlock.tsx';
import { sourceOf } from './code/sliced.ts';
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
  const { options, view } = useMarkdown();
  const [{ source, tell }] = useState(() => sourceOf(node, view));
  const block = useMount(node, () => node.block, {
    onText: tell,
    length: () => node.text.length,
    isBehind: () => source.length < node.text.length,
  });
  // Once all of it is shown.
  const isClosed = useSyncExternalStore(
    source.subscribe,
    () => source.closed,
    () => source.closed,
  );
  // React hears of the rest (the language, the end) at the same moment.
  // biome-ignore lint/correctness/useExhaustiveDependencies: that is what is told
  useLayoutEffect(() => tell(Number.POSITIVE_INFINITY), [tell, block, isClosed]);
  if (block.type === 'html') return <Text source={source} className="sluice-html" />;
  if (block.type === 'math') {
    if (options.math === undefined || !isClosed) return <Text source={source} className="sluice-math" />;
    return createElement(options.math.Math, { tex: node.text.toString(), display: true });
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
