import { expect, test } from 'vitest';
import { katex } from '../../src/plugins/katex.tsx';
import { mermaid } from '../../src/plugins/mermaid.tsx';
import { shiki } from '../../src/plugins/shiki.ts';

const makers: { readonly [name: string]: (options: object) => unknown } = { katex, mermaid, shiki };

test.each([
  ['katex', { maxLength: 'x' }, /^katex: maxLength must be a number from 0\.$/],
  ['katex', { maxExpand: Number.NaN }, /^katex: maxExpand must be a number/],
  ['katex', { maxSizeEm: null }, /^katex: maxSizeEm must be a number/],
  ['katex', { macros: { a: 1 } }, /^katex: macros must be an object of strings\.$/],
  ['katex', { maxLenght: 5 }, /^katex: maxLenght must be left out.*maxLength/],
  ['mermaid', { maxLength: -1 }, /^mermaid: maxLength must be a number from 0\.$/],
  ['mermaid', { themes: 'x' }, /^mermaid: themes must be an object of strings\.$/],
  ['mermaid', { config: null }, /^mermaid: config must be an object\.$/],
  // As a component: it was given to `fences` without being called.
  ['mermaid', { block: {}, children: null }, /^mermaid: block must be left out/],
  ['shiki', { themes: 'x' }, /^shiki: themes must be an object of functions\.$/],
  ['shiki', { themes: { light: 'github-light' } }, /^shiki: themes must be/],
  ['shiki', { languages: [() => {}] }, /^shiki: languages must be an object of functions\.$/],
  ['shiki', { aliases: { jsx: 1 } }, /^shiki: aliases must be an object of strings\.$/],
  ['shiki', { contrast: '4' }, /^shiki: contrast must be a number/],
  ['shiki', { worker: true }, /^shiki: worker must be a function that makes a Worker, or false\.$/],
] as const)('%s refuses %j by name', (name, options, message) => {
  expect(() => makers[name]?.(options)).toThrow(expect.objectContaining({ name: 'StreamError', code: 'bad_option' }));
  expect(() => makers[name]?.(options)).toThrow(message);
});

test('what may be is taken, and what is undefined is as if it were left out', () => {
  expect(katex({ macros: { R: 'x' }, maxExpand: Number.POSITIVE_INFINITY, maxSizeEm: 0.5, maxLength: 0 }).Math).toBeTypeOf('function');
  expect(mermaid({ config: {}, themes: { light: 'forest' }, maxLength: 1 })).toBeTypeOf('function');
  expect(shiki({ themes: {}, languages: {}, aliases: {}, contrast: 0, worker: false }).open).toBeTypeOf('function');
  for (const [make, name] of [
    [katex, 'maxLength'],
    [mermaid, 'themes'],
    [shiki, 'worker'],
  ] as const)
    expect(make({ [name]: undefined })).toBeDefined();
});
