import { createElement, Fragment, memo, type ReactNode } from 'react';
import type { Inline, Segment } from '../../markdown/index.ts';
import { useMarkdown } from './context.ts';
import type { ResolvedMarkdown } from './options.ts';
import { Reference } from './Reference.tsx';

interface RunProps {
  readonly segment: Segment;
  /** It changes no more, but by a revision. */
  readonly isFinal: boolean;
}

/** One segment of a leaf: rendered once more only when it is another object. */
export const Run: (props: RunProps) => ReactNode = memo(function Run({ segment, isFinal }: RunProps): ReactNode {
  const { options } = useMarkdown();
  return createElement(Fragment, null, ...inlines(segment, { options, isFinal, isLinked: false }));
});

interface Surroundings {
  readonly options: ResolvedMarkdown;
  readonly isFinal: boolean;
  /** Within a link, where there can be no other. */
  readonly isLinked: boolean;
}

/** Children by position: a text keeps its node as long as there is a text in its place. */
function inlines(children: readonly Inline[], around: Surroundings): ReactNode[] {
  return children.map((child) => inline(child, around));
}

function inline(node: Inline, around: Surroundings): ReactNode {
  const { options, isFinal } = around;
  const element = (name: 'em' | 'strong' | 'del' | 'a', children: readonly Inline[], props: object | null = null): ReactNode =>
    createElement(options.tag(name), props, ...inlines(children, name === 'a' ? { ...around, isLinked: true } : around));
  switch (node.type) {
    case 'text':
    case 'html':
      return node.text;
    case 'emphasis':
      return element('em', node.children);
    case 'strong':
      return element('strong', node.children);
    case 'delete':
      return element('del', node.children);
    case 'inlineCode':
      return createElement(options.inlineCode, null, node.text);
    case 'inlineMath':
      return math(node.text, options, isFinal);
    case 'break':
      return createElement(options.tag('br'));
    case 'link':
      return element('a', node.children, linkAttributes(node.url, node.title, options));
    case 'image':
      return image(node, around);
    case 'footnoteReference':
      return createElement(Reference, { label: node.label, isLinked: around.isLinked });
  }
}

function math(tex: string, { math: renderer }: ResolvedMarkdown, isFinal: boolean): ReactNode {
  return renderer !== undefined && isFinal
    ? createElement(renderer.Math, { tex, display: false })
    : createElement('code', { className: 'sluice-math' }, tex);
}

/** Without an address that is allowed, or known yet, an `a` is nothing but its text, and need not become another element. */
function linkAttributes(written: string, title: string | undefined, { urls, linkProps }: ResolvedMarkdown): object {
  const url = written === '' ? undefined : urls.link(written);
  const attributes = { ...(title !== undefined && { title }) };
  return url === undefined ? attributes : { rel: 'noopener noreferrer nofollow', ...attributes, ...linkProps?.(url), href: url };
}

function image({ url, title, alt }: Extract<Inline, { type: 'image' }>, { options, isLinked }: Surroundings): ReactNode {
  const source = url === '' ? undefined : options.urls.image(url);
  if (source !== undefined) return createElement(options.tag('img'), { src: source, alt, title, loading: 'lazy', decoding: 'async' });
  if (isLinked) return alt || url;
  return createElement(options.tag('a'), linkAttributes(url, title, options), alt || url);
}
