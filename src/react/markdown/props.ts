import type { ComponentProps, ComponentType, ReactNode } from 'react';
import type { Highlighter } from './code/highlighter.ts';
import type { CodeProps, FenceProps } from './code/source.ts';
import type { MathRenderer } from './math.ts';

/**
 * How `view="markdown"` shows an answer. Compared field by field, and within `components`, `fences` and the lists entry by
 * entry, so it may be written inline; components and functions in it are compared by identity and belong outside of render. Where a component throws while it is rendered, that answer is shown as the text it is.
 * `null` and `false` are none. In development the console names what cannot be meant.
 */
export interface MarkdownOptions {
  /** Components of your own in place of the built-in elements. */
  readonly components?: MarkdownComponents;
  /** Colours code, such as `sluice-kit/shiki`. @default none: code is plain */
  readonly highlight?: Highlighter;
  /** Turns `$…$`, `$$…$$`, `\(…\)` and `\[…\]` on and renders them, such as `sluice-kit/katex`. @default none: they are text */
  readonly math?: MathRenderer;
  /** Components for fences of some languages, such as `{ mermaid: … }`. */
  readonly fences?: { readonly [language: string]: ComponentType<FenceProps> };
  /** Schemes a link may have, without the colon; of any other scheme only its text is shown. @default ['http', 'https', 'mailto', 'tel'] */
  readonly allowedSchemes?: readonly string[];
  /**
   * Where images may be loaded from: absolute URLs, or paths on the page's own origin. An image's URL must have the same
   * origin and a path that begins with the prefix's. Any other image is shown as a link to it. @default [] (none)
   */
  readonly imagePrefixes?: readonly string[];
  /** Another URL in place of this one; `undefined`: none, as where it throws. The result is checked as any other. @default as written */
  readonly rewriteUrl?: (url: string, use: 'link' | 'image') => string | undefined;
  /** Attributes for a link, by its checked URL, such as `target`. @default `rel="noopener noreferrer nofollow"`, which what is returned replaces */
  readonly linkProps?: (url: string) => Omit<ComponentProps<'a'>, 'href' | 'children' | 'ref' | 'dangerouslySetInnerHTML'>;
  /**
   * Levels that headings go down, so that the first is one below the panel's title. An answer that leaves levels out (`#`, then
   * `###`) leaves none out in the page's outline; how a heading looks follows what is written. What is below the sixth level is an
   * `h6` with its `aria-level`. @default 3
   */
  readonly headingOffset?: number;
  /** Whether long lines of code wrap at first; each block has a button. @default false */
  readonly wrapCode?: boolean;
}

type Tag =
  | ('a' | 'blockquote' | 'br' | 'del' | 'em' | 'h1' | 'h2' | 'h3' | 'h4' | 'h5' | 'h6' | 'hr' | 'img' | 'input' | 'li')
  | ('ol' | 'p' | 'strong' | 'sup' | 'table' | 'tbody' | 'td' | 'th' | 'thead' | 'tr' | 'ul');

/**
 * By HTML name; headings by the depth they have in the Markdown. A component takes the props of the element it replaces,
 * on blocks `ref` included: one that passes `ref` on to its element and shows `children` as they are grows without renders;
 * any other is rendered in each frame in which it grows. Which element it renders must not change while the block is open.
 */
export type MarkdownComponents = {
  readonly [Name in Tag]?: ComponentType<ComponentProps<Name>>;
} & {
  /** A block of code, fenced or indented. */
  readonly code?: ComponentType<CodeProps>;
  /** Code within a line. */
  readonly inlineCode?: ComponentType<{ readonly children?: ReactNode }>;
};
