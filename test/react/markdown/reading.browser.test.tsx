import { expect, onTestFinished, test } from 'vitest';
import { type MarkdownOptions, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage, type Page } from '../page.tsx';

/** A panel with a whole answer. */
async function shown(text: string, markdown?: MarkdownOptions, style: object = {}): Promise<Page> {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: text }, finish);
  page.render(<StreamPanel source={source} view="markdown" title="M" style={style} {...(markdown && { markdown })} />);
  await expect.poll(() => page.status()).toBe('done');
  return page;
}

test('[UI35] nothing in an answer runs, loads or leads where it may not', async () => {
  const attacks = [
    '[a](javascript:alert(1))',
    '[b](JAVASCRIPT:alert(1))',
    '[c](javascript&colon;alert(1))',
    '[d](&#106;avascript:alert(1))',
    '[e](java&Tab;script:alert(1))',
    '[f](<java\tscript:alert(1)>)',
    '[g](\u0001javascript:alert(1))',
    '[h](data:text/html;base64,PHNjcmlwdD4=)',
    '[i](vbscript:x)',
    '[j][ref]',
    '<javascript:alert(1)>',
    '<data:text/html,x>',
    'javascript:alert(1)',
    '![k](javascript:alert(1))',
    '![l](https://tracker.example/pixel.gif)',
    '[![m](https://tracker.example/pixel.gif)](javascript:alert(1))',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">n</a>',
    '<svg onload=alert(1)>',
  ];
  const page = await shown(
    `${attacks.join('\n\n')}\n\n<script>alert(1)</script>\n\n<iframe src="javascript:alert(1)"></iframe>\n\n[ref]: javascript:alert(1)\n`,
  );
  const body = page.body();
  expect(body.querySelectorAll('script, iframe, img, svg:not(.sluice-icon), object, embed, form, style, link')).toHaveLength(0);
  expect([...body.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))).toEqual(['https://tracker.example/pixel.gif']);
  expect(body.querySelector('a a')).toBeNull();
  const attributes = [...body.querySelectorAll('*')].flatMap((element) => element.getAttributeNames());
  expect(attributes.filter((name) => name.startsWith('on') || name === 'srcdoc')).toEqual([]);
  expect(body.textContent).toContain('<script>alert(1)</script>');
  expect(body.textContent).toContain('<img src=x onerror=alert(1)>');
});

test('[UI35] links are decorated, URLs rewritten, and images loaded from where the app says', async () => {
  const page = await shown('[a](https://example.com/x) ![b](/pictures/b.png)', {
    linkProps: (url) => ({ target: '_blank', rel: 'noopener', 'aria-description': url }),
    rewriteUrl: (url, use) => (use === 'link' ? url.replace('/x', '/y') : url),
    imagePrefixes: ['/pictures/'],
  });
  const link = page.body().querySelector('a');
  expect([link?.href, link?.target, link?.rel]).toEqual(['https://example.com/y', '_blank', 'noopener']);
  expect(link?.getAttribute('aria-description')).toBe('https://example.com/y');
  expect(page.body().querySelector('img')?.src).toBe(new URL('/pictures/b.png', location.href).href);
});

test('[UI36] headings are below the panel’s title, and none leaves out a level', async () => {
  const page = await shown('# One\n\n### Three\n\n## Two\n\n###### Six\n\n# One again\n\n## A\n\n### B\n\n#### C\n');
  const levels = [...page.body().querySelectorAll('[data-depth]')].map((heading) => [
    heading.textContent,
    heading.tagName,
    heading.getAttribute('aria-level'),
  ]);
  expect(levels).toEqual([
    ['One', 'H4', null],
    ['Three', 'H5', null],
    ['Two', 'H5', null],
    ['Six', 'H6', null],
    ['One again', 'H4', null],
    ['A', 'H5', null],
    ['B', 'H6', null],
    ['C', 'H6', '7'],
  ]);
});

test('[UI36] tables scroll by keyboard, task boxes have names, blocks have their own direction', async () => {
  const page = await shown('| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n- [x] yes\n- [ ] no\n\nעברית\n\nEnglish\n');
  const scroller = page.body().querySelector<HTMLElement>('.sluice-table');
  scroller?.focus();
  expect(document.activeElement).toBe(scroller);
  expect([...page.body().querySelectorAll('th, td')].map((cell) => getComputedStyle(cell).textAlign)).toEqual([
    'center',
    'right',
    'center',
    'right',
  ]);
  expect([...page.body().querySelectorAll('input')].map((box) => [box.ariaLabel, box.checked, box.disabled])).toEqual([
    ['Done', true, true],
    ['To do', false, true],
  ]);
  expect([...page.body().querySelectorAll('.sluice-blocks > p')].map((block) => getComputedStyle(block).direction)).toEqual(['rtl', 'ltr']);
});

test('[UI36] cells of a table, and headings within lists and quotes, have the direction of their own text', async () => {
  const page = await shown('| name | value |\n|---|---|\n| שלום (a). | 1 |\n\n- one\n\n  ## שלום!\n\n> quote\n>\n> ## שלום!\n');
  // On its own line a full stop behind Hebrew is on its left, and text begins on the right.
  for (const element of page.body().querySelectorAll('td:first-child, [data-depth]')) {
    const range = document.createRange();
    const text = element.firstChild as Text;
    range.setStart(text, text.length - 1);
    range.setEnd(text, text.length);
    const mark = range.getBoundingClientRect();
    range.setStart(text, 0);
    range.setEnd(text, 1);
    expect(mark.left, element.tagName).toBeLessThan(range.getBoundingClientRect().left);
    expect(getComputedStyle(element).unicodeBidi, element.tagName).toBe('plaintext');
  }
});

test('[UI39] what is selected and copied is the answer: its words, its lines, and no labels of ours', async () => {
  const long = Array.from({ length: 1500 }, (_, index) => `word${index}`).join(' ');
  const page = await shown(
    `# Title\n\n${long}\n\n- one\n- two\n  - three\n\nand\n\n${'- item\n'.repeat(120)}\n1. a\n\n2. b\n\n\`\`\`ts\nlet a;\n\`\`\`\n\nnote[^1]\n\n[^1]: first\n\n    second\n`,
  );
  const selection = document.getSelection() as Selection;
  selection.selectAllChildren(page.body());
  expect(
    selection
      .toString()
      .replace(/(?:item\n){119}item/, 'items')
      .replace(long, 'long'),
  ).toBe('Title\nlong\n\none\ntwo\nthree\nand\n\nitems\na\n\nb\n\nlet a;\nnote1\n\nFootnotes\n\nfirst\n\nsecond');
  selection.removeAllRanges();
});

test('a page that centres its text and decorates code does so outside of panels', async () => {
  const style = document.createElement('style');
  style.textContent = 'body { text-align: center } code { padding: 8px; color: red; background: red }';
  document.head.append(style);
  onTestFinished(() => style.remove());
  const page = await shown('Text\n\n```\ncode\n```\n');
  expect(getComputedStyle(page.body()).textAlign).toBe('start');
  const code = getComputedStyle(page.body().querySelector('pre > code') as Element);
  expect([code.padding, code.color === 'rgb(255, 0, 0)', code.backgroundColor]).toEqual(['0px', false, 'rgba(0, 0, 0, 0)']);
});

test('[UI36] footnotes stand at the end and lead to where they are referred to, and back', async () => {
  const page = await shown('Text[^b] and more[^a].\n\n[^a]: First *note*.\n\n[^b]: Second note.\n\nAfter.\n');
  const body = page.body();
  expect([...body.querySelectorAll('.sluice-footnotes li')].map((note) => note.textContent)).toEqual(['First note.↩', 'Second note.↩']);
  expect(body.lastElementChild?.lastElementChild?.className).toBe('sluice-footnotes');
  const reference = body.querySelector<HTMLElement>('p sup a');
  expect(reference?.textContent).toBe('2');
  const address = location.href;
  reference?.click();
  expect(document.activeElement?.textContent).toBe('Second note.↩');
  document.activeElement?.querySelector<HTMLElement>('a:last-of-type')?.click();
  expect(document.activeElement).toBe(reference);
  expect(location.href).toBe(address);
});

test('[UI36] a footnote has a way back as soon as something refers to it, and none before', async () => {
  const page = openPage();
  const source = new ManualSource();
  const notes = (): (string | null)[] => [...page.body().querySelectorAll('.sluice-footnotes li')].map((note) => note.textContent);
  source.push(start, { type: 'text', part: 't0', delta: '[^a]: One.\n\n[^b]: Two, as in[^c].\n\n[^c]: Three.\n\n[^d]: Four.\n\nText' });
  page.render(<StreamPanel source={source} view="markdown" title="M" />);
  await expect.poll(notes).toEqual(['One.', 'Two, as in3.', 'Three.↩', 'Four.']);
  source.text('.\n\nAs in[^b] and');
  await expect.poll(() => page.body().querySelectorAll('p sup').length).toBe(2);
  // It may become something else yet.
  expect(notes()).toEqual(['One.', 'Two, as in3.', 'Three.↩', 'Four.']);
  source.text(' so on\n\n| table |\n|---|\n| as in[^a] |\n\nAs in[^c] and *as in[^d]*.\n\n');
  await expect.poll(notes).toEqual(['One.↩', 'Two, as in3.↩', 'Three.↩', 'Four.↩']);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(notes()).toEqual(['One.↩', 'Two, as in3.↩', 'Three.↩', 'Four.↩']);
  const backs = [...page.body().querySelectorAll<HTMLElement>('.sluice-footnote-back')];
  for (const back of backs) {
    back.click();
    await expect.poll(() => document.activeElement?.textContent).toBe(back.ariaLabel?.replace('Back to reference ', ''));
    expect(document.activeElement?.closest('.sluice-list')).not.toBeNull();
  }
});

test('[UI36] a footnote leads back to the reference the reader has come from, and without one to the first', async () => {
  const page = await shown('One[^a].\n\nTwo[^a] and *three[^a]*.\n\n[^a]: Note.\n');
  const references = [...page.body().querySelectorAll<HTMLElement>('[data-footnote-ref]')];
  const back = page.body().querySelector<HTMLElement>('.sluice-footnote-back');
  back?.click();
  await expect.poll(() => document.activeElement).toBe(references[0]);
  references[2]?.click();
  expect(document.activeElement).toBe(page.body().querySelector('[data-footnote]'));
  back?.click();
  expect(document.activeElement).toBe(references[2]);
});

test('[UI36] where the reader has come from in one answer is no way back in the next one of the panel', async () => {
  const page = await shown('One[^a], two[^a], three[^a].\n\n[^a]: Note.\n');
  [...page.body().querySelectorAll<HTMLElement>('[data-footnote-ref]')][2]?.click();
  const next = new ManualSource();
  next.push(start, { type: 'text', part: 't0', delta: 'Other[^a].\n\n[^a]: Other note.\n' }, finish);
  page.render(<StreamPanel source={next} view="markdown" title="M" />);
  await expect.poll(() => [page.status(), page.body().textContent?.includes('Other note')]).toEqual(['done', true]);
  page.body().querySelector<HTMLElement>('.sluice-footnote-back')?.click();
  await expect.poll(() => document.activeElement).toBe(page.body().querySelector('[data-footnote-ref]'));
});

test('[UI36] [UI37] of a long answer the place that refers to a footnote comes into the document, and into sight', async () => {
  const paragraphs = Array.from({ length: 4000 }, (_, index) => `Paragraph ${index} has some words${index === 1500 ? '[^n]' : ''}.\n\n`);
  const page = await shown(`${paragraphs.join('')}[^n]: The note.\n`, undefined, { height: '400px' });
  const list = page.body().querySelector<HTMLElement>('.sluice-list');
  expect(list?.dataset['long']).toBe('part');
  expect(page.body().querySelector('[data-footnote-ref]')).toBeNull();
  const address = location.href;
  const scroller = page.container.querySelector('.sluice-scroller') as HTMLElement;
  const isInSight = (element: Element | null): boolean => {
    const box = element?.getBoundingClientRect();
    const sight = scroller.getBoundingClientRect();
    return box !== undefined && box.top >= sight.top && box.bottom <= sight.bottom;
  };
  const back = page.body().querySelector<HTMLElement>('.sluice-footnote-back');
  back?.click();
  await expect.poll(() => document.activeElement?.closest('p')?.textContent).toBe('Paragraph 1500 has some words1.');
  await expect.poll(() => isInSight(document.activeElement)).toBe(true);
  (document.activeElement as HTMLElement).click();
  await expect.poll(() => document.activeElement?.getAttribute('data-footnote')).toBe('1');
  await expect.poll(() => page.body().querySelector('[data-footnote-ref]')).toBeNull();
  back?.click();
  await expect.poll(() => document.activeElement?.getAttribute('data-footnote-ref')).toBe('1');
  expect(location.href).toBe(address);
});

test('[UI30] [UI34] paused, a change of view keeps to what is on display', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" title="P" />);
  source.push(start);
  source.text('*one*');
  await expect.poll(() => page.body().textContent).toBe('one');
  page.button(/^Pause/).click();
  await expect.poll(() => page.panel().dataset['paused']).toBe('');
  source.text(' two');
  await frame(4);
  page.render(<StreamPanel source={source} view="plain" title="P" />);
  await expect.poll(() => page.body().textContent).toBe('*one*');
  page.button(/^Resume/).click();
  await expect.poll(() => page.body().textContent).toBe('*one* two');
});
