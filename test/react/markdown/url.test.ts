import { expect, test } from 'vitest';
import { createUrlPolicy, type UrlPolicyOptions } from '../../../src/react/markdown/url.ts';

const policy = (options: Partial<UrlPolicyOptions> = {}) =>
  createUrlPolicy({
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    imagePrefixes: [],
    rewriteUrl: undefined,
    base: 'https://app.example/chat/',
    ...options,
  });

test.for([
  'https://example.com/a?b#c',
  'HTTP://EXAMPLE.COM',
  'mailto:a@example.com',
  'tel:+4930123',
  '/path',
  'path/to:here',
  '../up',
  '#part',
  '?query=a:b',
  '//example.com/a',
])('[UI35] %s is a link', (url) => {
  expect(policy().link(url)).toBe(url);
});

test.for([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'java\u0000script:alert(1)',
  'java\u00adscript:alert(1)',
  'java\u200bscript:alert(1)',
  'javascript\u00a0:alert(1)',
  'javascript%3Aalert(1):',
  'vbscript:msgbox(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://example.com/1',
  'file:///etc/passwd',
  'intent://x#Intent;end',
  'view-source:javascript:1',
  ':alert(1)',
  '',
  ' ',
])('[UI35] %j is only text', (url) => {
  expect(policy().link(url)).toBeUndefined();
});

test('[UI35] schemes are the app’s to choose, and what it rewrites is checked', () => {
  expect(policy({ allowedSchemes: ['app:'] }).link('APP:open')).toBe('APP:open');
  expect(policy({ allowedSchemes: ['app'] }).link('https://example.com/')).toBeUndefined();
  expect(policy({ rewriteUrl: (url) => `https://out.example/?to=${url}` }).link('/a')).toBe('https://out.example/?to=/a');
  expect(policy({ rewriteUrl: () => 'javascript:alert(1)' }).link('/a')).toBeUndefined();
  expect(policy({ rewriteUrl: () => undefined }).link('/a')).toBeUndefined();
});

test('[UI35] images are loaded from allowed prefixes only, by origin and path', () => {
  const { image } = policy({ imagePrefixes: ['https://cdn.example/images/', '/static/', 'https://open.example'] });
  expect(image('https://cdn.example/images/a.png')).toBe('https://cdn.example/images/a.png');
  expect(image('/static/a.png')).toBe('https://app.example/static/a.png');
  expect(image('https://open.example/any')).toBe('https://open.example/any');
  for (const url of [
    'https://cdn.example/other/a.png',
    'https://cdn.example/images/../other/a.png',
    'https://cdn.example/images/%2e%2e/other/a.png',
    'https://cdn.example.evil.example/images/a.png',
    'https://cdn.example@evil.example/images/a.png',
    'https:\\\\evil.example\\images\\a.png',
    '//evil.example/static/a.png',
    'http://cdn.example/images/a.png',
    'https://open.example.evil.example/',
    'data:image/svg+xml,<svg onload=alert(1)>',
    'javascript:alert(1)',
    'a.png',
    'https://',
    '',
  ])
    expect(image(url), url).toBeUndefined();
  expect(policy().image('/static/a.png')).toBeUndefined();
});

test('[UI35] an image is only loaded over the network, whatever prefix is allowed: what has no origin has that of all others without', () => {
  const { image } = policy({ imagePrefixes: ['data:image/', 'blob:https://app.example/', 'about:'] });
  for (const url of ['data:image/svg+xml,<svg onload=alert(1)>', 'blob:https://app.example/1', 'about:blank', 'javascript:image/'])
    expect(image(url), url).toBeUndefined();
});
