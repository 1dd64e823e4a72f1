import { expect, test } from 'vitest';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage, type Page } from '../page.tsx';

const text = `# One

Two *three*

${Array.from({ length: 30 }, (_, index) => `Paragraph ${index}`).join('\n\n')}

- four
  - five

    1. six
    - [x] seven
- eight

> nine
> > ten
> - eleven

| a | b |
|---|---|
| twelve | thirteen |
| fourteen | fifteen |

sixteen`;

/** What the cursor is behind. */
function ends(page: Page): readonly string[] {
  return [...page.body().querySelectorAll('*')]
    .filter((element) => getComputedStyle(element, '::after').backgroundImage.startsWith('linear-gradient'))
    .map((element) => element.textContent);
}

test('[UI4] in Markdown the cursor is behind one text at any time, the last one, in whatever it is', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" />);
  source.push(start);
  source.text(text.slice(0, 3));
  await expect.poll(() => ends(page)).toEqual(['O']);
  const seen = new Set<string>();
  for (let at = 3; at < text.length; at += 3) {
    source.text(text.slice(at, at + 3));
    await frame();
    const now = ends(page);
    expect(now.length, text.slice(0, at)).toBe(1);
    seen.add(String(now[0]));
  }
  await expect.poll(() => ends(page)).toEqual(['sixteen']);
  for (const last of ['One', 'Two three', 'Paragraph 23', 'Paragraph 29', 'four', 'five', 'six', 'ten', 'eleven', 'twelve', 'fifteen'])
    expect(
      [...seen].some((end) => end !== '' && last.startsWith(end)),
      last,
    ).toBe(true);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(ends(page)).toEqual([]);
  expect(page.body().querySelector('[data-cursor]')).toBeNull();
});

test('[UI4] no column of a table is wider for the cursor', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" />);
  source.push(start);
  source.text('| a | b |\n|---|---|\n| one | the widest of its column');
  await expect.poll(() => ends(page)).toEqual(['the widest of its column']);
  const widths = (): readonly number[] => [...page.body().querySelectorAll('th')].map((cell) => cell.getBoundingClientRect().width);
  const before = widths();
  page.panel().querySelector('[data-cursor]')?.removeAttribute('data-cursor');
  expect(ends(page)).toEqual([]);
  expect(widths()).toEqual(before);
});

test('[UI4] in code there is none, and behind it there is again', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" />);
  source.push(start);
  source.text('one\n\n```js\ncode\n');
  await expect.poll(() => page.body().querySelector('code')?.textContent).toContain('code');
  await expect.poll(() => ends(page)).toEqual([]);
  source.text('```\n\ntwo');
  await expect.poll(() => ends(page)).toEqual(['two']);
});
