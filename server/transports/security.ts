/**
 * On every answer of the relay: none of it is a page, may be framed, taken for another type, read by another origin without
 * being allowed to, kept by a cache, or tell its address to anybody.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
