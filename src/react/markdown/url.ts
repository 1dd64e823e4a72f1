import { guarded } from './guarded.ts';

/** Which URLs an answer may link to or load. */
export interface UrlPolicy {
  /** The URL for a link; `undefined` where only its text may be shown. */
  link(url: string): string | undefined;
  /** The URL for an image; `undefined` where it may not be loaded. */
  image(url: string): string | undefined;
}

export interface UrlPolicyOptions {
  readonly allowedSchemes: readonly string[];
  readonly imagePrefixes: readonly string[];
  readonly rewriteUrl: ((url: string, use: 'link' | 'image') => string | undefined) | undefined;
  /** What relative prefixes and images are relative to. */
  readonly base: string;
}

// What the app's function makes of an answer may throw (`new URL(url)` does of much that models write): then it is none, and said once.
export function createUrlPolicy({ allowedSchemes, imagePrefixes, rewriteUrl, base }: UrlPolicyOptions): UrlPolicy {
  const schemes = new Set(allowedSchemes.map((scheme) => scheme.toLowerCase().replace(/:$/, '')));
  const prefixes = imagePrefixes.map((prefix) => parse(prefix, base)).filter((prefix) => prefix !== undefined);
  const rewritten = rewriteUrl === undefined ? (url: string) => url : guarded('rewriteUrl', rewriteUrl);
  return {
    link(url) {
      const final = rewritten(url, 'link');
      return final !== undefined && isAllowed(final, schemes) ? final : undefined;
    },
    image(url) {
      const final = rewritten(url, 'image');
      const address = final === undefined || final === '' ? undefined : parse(final, base);
      if (address === undefined || !/^https?:$/.test(address.protocol)) return undefined;
      return prefixes.some(({ origin, pathname }) => address.origin === origin && address.pathname.startsWith(pathname))
        ? address.href
        : undefined;
    },
  };
}

// Browsers leave out control characters and spaces before they look for the scheme.
const ignored = /[\p{Cc}\p{Cf}\p{Z}]/gu;

// Of an allowed scheme, or relative. A colon that could end a scheme makes it one, whatever is in front of it.
function isAllowed(url: string, schemes: ReadonlySet<string>): boolean {
  const compact = url.replace(ignored, '');
  if (compact === '') return false;
  const scheme = /^([^/?#:]*):/.exec(compact)?.[1];
  return scheme === undefined || schemes.has(scheme.toLowerCase());
}

function parse(url: string, base: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}
