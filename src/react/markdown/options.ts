import { type ComponentType, type ElementType, type JSX, useMemo, useState } from 'react';
import { sameValues } from '../same.ts';
import type { CodeOptions } from './code/context.ts';
import type { CodeProps } from './code/source.ts';
import { guarded } from './guarded.ts';
import type { MarkdownOptions } from './props.ts';
import { createUrlPolicy, type UrlPolicy } from './url.ts';

/** The options with defaults, as rendering asks for them. */
export interface ResolvedMarkdown extends Pick<MarkdownOptions, 'math' | 'fences'> {
  /** `undefined`: none for this link. */
  readonly linkProps?: (url: string) => object | undefined;
  /** The app's component for this name, or the element itself. */
  tag(name: keyof JSX.IntrinsicElements): ElementType;
  readonly code: ComponentType<CodeProps> | undefined;
  readonly inlineCode: ElementType;
  readonly urls: UrlPolicy;
  readonly headingOffset: number;
  readonly codeOptions: CodeOptions;
}

const markdownDefaults: Required<Pick<MarkdownOptions, 'allowedSchemes' | 'imagePrefixes' | 'headingOffset' | 'wrapCode'>> = {
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  imagePrefixes: [],
  headingOffset: 3,
  wrapCode: false,
};

const none: MarkdownOptions = {};

// Resolved once for as long as the options say the same. There are apps without types: `null` and `false` are none.
export function useMarkdownOptions(markdown: MarkdownOptions | null | undefined): ResolvedMarkdown {
  const given = markdown || none;
  const [same, setSame] = useState(given);
  const options = sameValues(same, given) ? same : given;
  if (options !== same) setSame(options);
  return useMemo(() => resolve(options), [options]);
}

function resolve(options: MarkdownOptions): ResolvedMarkdown {
  const { components = {}, highlight, math, fences, rewriteUrl, linkProps, ...rest } = { ...markdownDefaults, ...withoutNone(options) };
  const { allowedSchemes, imagePrefixes, headingOffset, wrapCode } = rest;
  const own = components as { readonly [name: string]: ElementType | undefined };
  const base = typeof document === 'undefined' ? 'http://localhost/' : document.baseURI;
  return {
    tag: (name) => (Object.hasOwn(own, name) && own[name]) || name,
    code: components.code,
    inlineCode: components.inlineCode ?? 'code',
    urls: createUrlPolicy({ allowedSchemes, imagePrefixes, rewriteUrl, base }),
    headingOffset,
    codeOptions: { highlight, wrapCode },
    ...(math && { math }),
    ...(fences && { fences }),
    ...(linkProps && { linkProps: guarded('linkProps', linkProps) }),
  };
}

function withoutNone(options: MarkdownOptions): MarkdownOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null && value !== false));
}
