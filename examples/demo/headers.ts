/**
 * Headers of the page and of all its files, workers among them. An application of yours can have the same policy; what each
 * exception is for stands beside it.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    // KaTeX places glyphs by style attributes in its markup. Without math this line can go.
    "style-src-attr 'unsafe-inline'",
    // The empty icon; the smallest fonts of KaTeX, which Vite puts into its style sheet.
    "img-src 'self' data:",
    "font-src 'self' data:",
    // WebSocket and SSE are the page's own origin. WebTransport may have another port, and is 127.0.0.1 for localhost, too.
    "connect-src 'self' https://127.0.0.1:*",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
