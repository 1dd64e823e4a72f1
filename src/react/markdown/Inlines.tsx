import { createElement, Fragment, memo, type ReactNode, useState } from 'react';
import type { Inline, Segment } from '../../markdown/index.ts';
import { useMarkdown } from './context.ts';
import { isElement, type Keyed, keysOf } from './keys.ts';
import type { ResolvedMarkdown } from './options.ts';
import { Reference } from './Reference.tsx';

interface RunProps {
  readonly segment: Segment;
  // It changes no more, but by a revision.
  readonly isFinal: boolean;
}

// One segment of a leaf: rendered once more only when it is another object.
export const Run: (props: RunProps) => ReactNode = memo(function Run({ segment, isFinal }: RunProps): ReactNode {
  const { options } = useMarkdown();
  const [known] = useState<{ keys: readonly Keyed[] }>(() => ({ keys: [] }));
  known.keys = keysOf(segment, known.keys);
  return inlines(segment, { options, isFinal, isLinked: false, keys: known.keys.values() });
});

interface Surroundings {
  readonly options: ResolvedMarkdown;
  readonly isFinal: boolean;
  // Within a link, where there can be no other.
  readonly isLinked: boolean;
  // Of the elements that follow.
  readonly keys: Iterator<Keyed>;
}

// A text keeps its node as long as there is a text in its place; behind a link, as long as it is behind that.
function inlines(children: readonly Inline[], around: Surroundings): ReactNode[] {
  let behind: number | undefined;
  return children.map((child) => {
    const key = isElement(child) ? around.keys.next().value?.key : behind;
    behind = 'url' in child || 'label' in child ? -key : undefined;
    return inline(child, key, around);
  });
}

function inline(node: Inline, key: number | undefined, around: Surroundings): ReactNode {
  const { options } = around;
  // In an array, so that a text alone is a node that stays when it is alone no more.
  const element = (name: 'em' | 'strong' | 'del' | 'a', children: readonly Inline[], props?: object): ReactNode =>
    createElement(options.tag(name), { ...props, key }, inlines(children, name === 'a' ? { ...around, isLinked: true } : around));
  switch (node.type) {
    case 'text':
    case 'html':
      return key === undefined ? node.text : <Fragment key={key}>{node.text}</Fragment>;
    case 'emphasis':
      return element('em', node.children);
    case 'strong':
      return element('strong', node.children);
    case 'delete':
      return element('del', node.children);
    case 'inlineCode':
      return createElement(options.inlineCode, { key }, node.text);
    case 'inlineMath':
      return math(node.text, key, around);
    case 'break':
      return createElement(options.tag('br'), { key });
    case 'link':
      return element('a', node.children, linkAttributes(node.url, node.title, options));
    case 'image':
      return image(node, key, around);
    case 'footnoteReference':
      return <Reference key={key} label={node.label} isLinked={around.isLinked} />;
  }
}

function math(tex: string, key: number | undefined, { options, isFinal }: Surroundings): ReactNode {
  const { math: renderer } = options;
  return renderer !== undefined && isFinal
    ? createElement(renderer.Math, { key, tex, display: false })
    : createElement('code', { key, className: 'sluice-math' }, tex);
}

// Without an address that is allowed, or known yet, an `a` is nothing but its text, and need not become another element.
function linkAttributes(written: string, title: string | undefined, { urls, linkProps }: ResolvedMarkdown): object {
  const url = written === '' ? undefined : urls.link(written);
  const attributes = { ...(title !== undefined && { title }) };
  return url === undefined ? attributes : { rel: 'noopener noreferrer nofollow', ...attributes, ...linkProps?.(url), href: url };
}

function image(
  { url, title, alt }: Extract<Inline, { type: 'image' }>,
  key: number | undefined,
  { options, isLinked }: Surroundings,
): ReactNode {
  const source = url === '' ? undefined : options.urls.image(url);
  if (source !== undefined) return createElement(options.tag('img'), { key, src: source, alt, title, loading: 'lazy', decoding: 'async' });
  if (isLinked) return alt || url;
  return createElement(options.tag('a'), { ...linkAttributes(url, title, options), key }, alt || url);
}
