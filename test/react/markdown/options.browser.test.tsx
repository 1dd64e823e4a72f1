import { type ComponentProps, type ReactNode, useEffect } from 'react';
import { expect, test } from 'vitest';
import { type MarkdownOptions, StreamPanel } from '../../../src/index.ts';
import { frame } from '../page.tsx';
import { openManual } from './page.tsx';
import { append, close, inline, open, paragraph, words } from './parser.ts';

test('math is its source until it is final: a segment that is settled, a leaf that is closed', async () => {
  const shown: string[] = [];
  const Rendered = ({ tex, display }: { readonly tex: string; readonly display: boolean }): ReactNode => {
    shown.push(tex);
    return <b>{display ? `[${tex}]` : `(${tex})`}</b>;
  };
  const page = await openManual({ math: { Math: Rendered } });
  const math = (text: string) => [{ type: 'inlineMath', text }] as const;
  await page.step('$a$', [open(1, { type: 'paragraph' }), inline(1, 0, [...math('a')], [...math('b')])], '(a)b');
  expect(page.parsers[0]?.received[0]).toMatchObject({ type: 'open', syntax: { math: true } });
  await page.step('x', [append(1, 'c')], '(a)bc');
  await page.step('y', [close(1), open(2, { type: 'math' }), append(2, 'd\n')], '(a)(bc)d\n');
  await page.step('z', [append(2, 'e'), close(2)], '(a)(bc)[d\ne]');
  expect(new Set(shown)).toEqual(new Set(['a', 'bc', 'd\ne']));
});

test('components, fences and code of the app’s own', async () => {
  const Code: MarkdownOptions['components'] = {
    code: ({ block }) => <samp>{`${block.language}:${block.from(0)}`}</samp>,
    inlineCode: ({ children }) => <kbd>{children}</kbd>,
    h2: (props: ComponentProps<'h2'>) => <h2 {...props} className="own" />,
  };
  const page = await openManual({ components: Code, fences: { dot: ({ children }) => <figure>{children}</figure> } });
  const fence = (key: number, language: string) => [open(key, { type: 'code', language, meta: '' }), append(key, 'x'), close(key)];
  await page.step('a', [
    open(1, { type: 'heading', depth: 2 }),
    inline(1, 0, [{ type: 'inlineCode', text: 'k' }]),
    close(1),
    ...fence(2, 'dot'),
    ...fence(3, 'js'),
  ]);
  await expect.poll(() => page.body.textContent).toBe('kdot:xjs:x');
  expect(page.body.querySelector('h2.own > kbd')?.textContent).toBe('k');
  expect(page.body.querySelectorAll('figure > samp')).toHaveLength(1);
  expect(page.body.querySelectorAll('samp')).toHaveLength(2);
});

test('[UI31] options that say the same, written anew, mount nothing anew; others do', async () => {
  let mounts = 0;
  const P = (props: ComponentProps<'p'>): ReactNode => {
    useEffect(() => {
      mounts += 1;
    }, []);
    return <p {...props} />;
  };
  const page = await openManual({ components: { p: P }, allowedSchemes: ['https'] });
  await page.step('a', [...paragraph(1, 'one'), close(1)], 'one');
  const node = page.body.querySelector('p');
  const again = (markdown: MarkdownOptions): void =>
    page.render(<StreamPanel source={page.source} view="markdown" title="M" markdown={markdown} />);
  again({ components: { p: P }, allowedSchemes: ['https'] });
  await frame(3);
  expect(page.body.querySelector('p')).toBe(node);
  expect(mounts).toBe(1);
  again({ components: {}, allowedSchemes: ['https'] });
  await expect.poll(() => page.body.querySelector('p') !== node).toBe(true);
  expect(page.body.textContent).toBe('one');
  // Growth and structure go on with the new element.
  await page.step('b', [...paragraph(2, 'two')], 'onetwo');
  await page.step('c', [append(2, '!')], 'onetwo!');
  await page.step('d', [inline(2, 0, words('two?'))], 'onetwo?');
});
