import { type ComponentProps, type ReactNode, useState } from 'react';
import { expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { type MarkdownOptions, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage, type Page } from '../page.tsx';

test('[UI34] [UI38] who is at the end is there when the view of several panels changes, each laid out when others are empty', async () => {
  const many = openMany();
  many.render('markdown');
  await many.say('A paragraph that goes on for **some** words.\n\n'.repeat(60));
  await expect.poll(() => many.page.container.querySelectorAll('[data-stream-body] p').length).toBe(240);
  for (const view of ['plain', 'markdown', 'plain', 'markdown', 'plain', 'markdown', 'plain', 'markdown'] as const) {
    many.render(view);
    for (let count = 0; count < 4; count += 1) await many.say('More ');
    expect(many.scrollers().every(({ scrollTop }) => scrollTop > 1000)).toBe(true);
    expect(Math.max(...many.left())).toBeLessThanOrEqual(1);
  }
});

test('[UI38] who is at the end stays there when several paragraphs change at once, and nothing is laid out in between', async () => {
  getSelection()?.removeAllRanges();
  const many = openMany();
  many.render('markdown');
  await many.say('Begins.\n\n');
  const left: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    // Text that only joins the end, and then a mark, with which React writes the paragraph anew.
    for (let words = 0; words < 6; words += 1) await many.say('some more words of this paragraph, ');
    await many.say('and **strong** ones. ');
    left.push(...many.left());
  }
  expect(many.scrollers().every(({ scrollTop }) => scrollTop > 200)).toBe(true);
  expect(Math.max(...left)).toBeLessThanOrEqual(1);
});

const section = '## Heading\n\nA [link](https://example.org/) and $x$ in a paragraph.\n\n```dot\na -> b\n```\n\n';

const options: { readonly [name: string]: MarkdownOptions } = {
  components: { components: { h2: (props) => <h2 {...props} style={{ padding: 30 }} /> } },
  fences: { fences: { dot: ({ children }) => <figure style={{ padding: 30 }}>{children}</figure> } },
  linkProps: { linkProps: () => ({ style: { display: 'block', padding: 20 } }) },
  math: { math: { Math: ({ tex }) => <b style={{ display: 'block', padding: 20 }}>{tex}</b> } },
};

test.for(Object.keys(options).flatMap((name) => [[name, 'streams'] as const, [name, 'has ended'] as const]))(
  '[UI38] who is at the end of several panels stays there when their %s are others, while their text %s',
  async ([name, when]) => {
    const many = openMany();
    many.render('markdown');
    await many.say(section.repeat(20));
    if (when === 'has ended') many.finish();
    await expect.poll(() => many.page.container.querySelectorAll('pre').length).toBe(80);
    await frame(6);
    for (const markdown of [options[name], {}, options[name], {}]) {
      const before = many.scrollers().map(({ scrollHeight }) => scrollHeight);
      many.render('markdown', markdown);
      if (when === 'streams') await many.say('More.\n\n');
      await expect
        .poll(() => many.scrollers().every(({ scrollHeight }, index) => Math.abs(scrollHeight - (before[index] ?? 0)) > 100))
        .toBe(true);
      await frame(6);
      expect(Math.max(...many.left())).toBeLessThanOrEqual(1);
    }
    expect(many.page.container.querySelector('.sluice-latest')).toBeNull();
  },
);

/** Over some frames. */
const unfold = (element: HTMLElement | null): void => void element?.animate([{ height: 0 }, { height: '400px' }], 200);

const boxes = {
  details: ({ children }: ComponentProps<'blockquote'>): ReactNode => (
    <details>
      <summary>Box</summary>
      <div style={{ height: 400 }}>{children}</div>
    </details>
  ),
  button: ({ children }: ComponentProps<'blockquote'>): ReactNode => {
    const [isOpen, setOpen] = useState(false);
    return (
      <div>
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Box
        </button>
        {isOpen && (
          <div ref={unfold} style={{ height: 400 }}>
            {children}
          </div>
        )}
      </div>
    );
  },
};

test.for([
  ['details', 'pointer', 'streams'],
  ['details', 'keyboard', 'has ended'],
  ['button', 'pointer', 'has ended'],
  ['button', 'keyboard', 'streams'],
] as const)(
  '[UI38] who opens a box of the app’s (%s, by %s) stays with it while the text %s, and is at the end when it is closed',
  async ([name, how, when]) => {
    const page = openPage();
    const source = new ManualSource();
    page.render(
      <StreamPanel source={source} view="markdown" style={{ height: 300 }} markdown={{ components: { blockquote: boxes[name] } }} />,
    );
    source.push(start);
    source.text(`${'A paragraph.\n\n'.repeat(40)}> In it.\n\nBelow.\n\n`);
    if (when === 'has ended') source.push(finish);
    const scroller = await expect
      .poll(() => page.container.querySelector<HTMLElement>('.sluice-scroller'))
      .toSatisfy((element: HTMLElement | null) => element !== null && element.scrollTop > 100)
      .then(() => page.container.querySelector('.sluice-scroller') as HTMLElement);
    await frame(6);
    const opener = page.body().querySelector('summary, button') as HTMLElement;
    const top = (): number => Math.round(opener.getBoundingClientRect().top);
    const fromEnd = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    const press = async (): Promise<void> => {
      opener.focus({ preventScroll: true });
      await (how === 'keyboard' ? userEvent.keyboard('{Enter}') : userEvent.click(opener));
    };
    const before = top();
    await press();
    await expect.poll(() => page.container.querySelector('.sluice-latest')).not.toBeNull();
    if (when === 'streams') source.text('More.\n\nAnd more.\n\n');
    await Promise.all(document.getAnimations().map(({ finished }) => finished));
    await frame(6);
    expect(fromEnd()).toBeGreaterThan(300);
    expect(top()).toBe(before);
    if (when === 'streams') return;
    await press();
    await expect.poll(() => page.container.querySelector('.sluice-latest')).toBeNull();
    expect(top()).toBe(before);
    expect(fromEnd()).toBeLessThanOrEqual(1);
  },
);

interface Many {
  readonly page: Page;
  render(view: 'plain' | 'markdown', markdown?: MarkdownOptions): void;
  /** In each of the panels; and the frames it takes. */
  say(text: string): Promise<void>;
  scrollers(): readonly HTMLElement[];
  finish(): void;
  /** How far each is from its end. */
  left(): readonly number[];
}

/** Four panels with streams of their own. */
function openMany(): Many {
  const page = openPage();
  const sources = new Map(['A', 'B', 'C', 'D'].map((title) => [title, new ManualSource()]));
  for (const source of sources.values()) source.push(start);
  const scrollers = (): HTMLElement[] => [...page.container.querySelectorAll<HTMLElement>('.sluice-scroller')];
  return {
    page,
    render: (view, markdown = {}) =>
      page.render(
        [...sources].map(([title, source]) => (
          <StreamPanel key={title} title={title} source={source} view={view} markdown={markdown} style={{ height: 200, width: 300 }} />
        )),
      ),
    async say(text) {
      for (const source of sources.values()) source.text(text);
      await frame(4);
    },
    finish() {
      for (const source of sources.values()) source.push(finish);
    },
    scrollers,
    left: () => scrollers().map(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop),
  };
}
