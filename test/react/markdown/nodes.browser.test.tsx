import { type ComponentProps, Profiler, type ReactNode } from 'react';
import { expect, onTestFinished, test } from 'vitest';
import type { Inline } from '../../../src/markdown/index.ts';
import { frame } from '../page.tsx';
import { openManual } from './page.tsx';
import { append, close, inline, open, paragraph, words } from './parser.ts';

/** Everything that happens to the DOM below an element from now on. */
function records(element: Element): () => MutationRecord[] {
  const found: MutationRecord[] = [];
  const observer = new MutationObserver((batch) => found.push(...batch));
  observer.observe(element, { subtree: true, childList: true, characterData: true, attributes: true });
  onTestFinished(() => observer.disconnect());
  return () => [...found, ...observer.takeRecords()];
}

function textNode(element: Element | null | undefined): Text {
  let node: Node | null | undefined = element;
  while (node?.lastChild) node = node.lastChild;
  if (!(node instanceof Text)) throw new Error('There is no text.');
  return node;
}

test('[UI31] text that joins the end of a block grows its last text node, and React renders nothing', async () => {
  let commits = 0;
  const page = await openManual(undefined, (panel) => (
    <Profiler
      id="app"
      onRender={() => {
        commits += 1;
      }}
    >
      {panel}
    </Profiler>
  ));
  await page.step('first\n\nsecond *on', [
    ...paragraph(1, 'first'),
    close(1),
    open(2, { type: 'paragraph' }),
    inline(2, 0, [
      { type: 'text', text: 'second ' },
      { type: 'emphasis', children: [{ type: 'text', text: 'on' }] },
    ]),
  ]);
  await expect.poll(() => page.body.textContent).toBe('firstsecond on');
  // The closed block is promoted within 150 ms (UI11): more than nine frames.
  await frame(15);
  const node = textNode(page.body.querySelector('em'));
  const seen = records(page.body);
  commits = 0;
  let text = 'firstsecond on';
  for (const delta of ['e', ' and', ' more', ' of it']) {
    text += delta;
    await page.step(delta, [append(2, delta)], text);
  }
  await frame(3);
  expect(commits).toBe(0);
  expect(textNode(page.body.querySelector('em'))).toBe(node);
  expect(new Set(seen().map(({ type, target }) => (target === node ? type : 'elsewhere')))).toEqual(new Set(['characterData']));
});

test('[UI31] a change of structure renders the leaf concerned and no other; a new block, none of those there are', async () => {
  const renders = new Map<string, number>();
  const P = (props: ComponentProps<'p'>): ReactNode => {
    return <p {...props} />;
  };
  const Em = ({ children }: ComponentProps<'em'>): ReactNode => {
    renders.set(String(children), (renders.get(String(children)) ?? 0) + 1);
    return <em>{children}</em>;
  };
  const page = await openManual({ components: { p: P, em: Em } });
  const em = (text: string) => ({ type: 'emphasis', children: [{ type: 'text', text }] }) as const;
  await page.step('a', [open(1, { type: 'paragraph' }), inline(1, 0, [em('closed')]), close(1)]);
  await page.step('b', [open(2, { type: 'paragraph' }), inline(2, 0, [em('settled')], [em('open')])], 'closedsettledopen');
  await frame(2);
  renders.clear();
  await page.step('c', [inline(2, 1, [em('open'), { type: 'text', text: ' end' }])], 'closedsettledopen end');
  await frame(2);
  expect(Object.fromEntries(renders)).toEqual({ open: 1 });
  renders.clear();
  await page.step('d', [close(2), open(3, { type: 'paragraph' }), inline(3, 0, [em('new')])], 'closedsettledopen endnew');
  await frame(2);
  expect(Object.fromEntries(renders)).toEqual({ new: 1 });
});

test('[UI31] one more item of a list with a thousand renders that item and no other', async () => {
  let renders = 0;
  const Li = (props: ComponentProps<'li'>): ReactNode => {
    renders += 1;
    return <li {...props} />;
  };
  const page = await openManual({ components: { li: Li } });
  const item = (key: number) => [
    open(key, { type: 'listItem', spread: false }, 1),
    ...paragraph(key + 1, `item ${key}`, key),
    close(key + 1),
    close(key),
  ];
  const list = open(1, { type: 'list', ordered: false, start: 1, spread: false });
  await page.step('x', [list, ...Array.from({ length: 1000 }, (_, index) => item(2 + 2 * index)).flat()]);
  await expect.poll(() => page.body.querySelectorAll('li').length).toBe(1000);
  await frame(2);
  renders = 0;
  await page.step('y', item(5000));
  await expect.poll(() => page.body.querySelectorAll('li').length).toBe(1001);
  expect(renders).toBe(1);
});

test('[UI32] healing and closing keep the elements and the text nodes there are', async () => {
  const page = await openManual();
  await page.step('a *b', [open(1, { type: 'paragraph' }), inline(1, 0, words('a *b'))], 'a *b');
  const element = page.body.querySelector('p');
  const first = textNode(element);
  await page.step(
    'c',
    [
      inline(1, 0, [
        { type: 'text', text: 'a ' },
        { type: 'emphasis', children: words('bc') },
      ]),
    ],
    'a bc',
  );
  const em = page.body.querySelector('em');
  const second = textNode(em);
  expect(element?.firstChild).toBe(first);
  await page.step('d', [append(1, 'd')], 'a bcd');
  // What was shown in advance is withdrawn, to what React has rendered last.
  await page.step(
    'e',
    [
      inline(1, 0, [
        { type: 'text', text: 'a ' },
        { type: 'emphasis', children: words('bc') },
        { type: 'text', text: '!' },
      ]),
    ],
    'a bc!',
  );
  expect(textNode(em)).toBe(second);
  await page.step(
    'f',
    [
      inline(1, 0, [
        { type: 'text', text: 'a ' },
        { type: 'emphasis', children: words('bcd') },
        { type: 'text', text: '.' },
      ]),
      close(1),
    ],
    'a bcd.',
  );
  expect(page.body.querySelector('p')).toBe(element);
  expect(page.body.querySelector('em')).toBe(em);
  expect(em?.firstChild).toBe(second);
  expect(element?.firstChild).toBe(first);
});

test('[UI32] a link keeps its element and its text node when its address arrives', async () => {
  const page = await openManual();
  const link = (url: string) =>
    [
      { type: 'text', text: 'see ' },
      { type: 'link', url, title: undefined, children: words('here') },
    ] as const;
  await page.step('[', [open(1, { type: 'paragraph' }), inline(1, 0, [...link('')])], 'see here');
  const element = page.body.querySelector('a');
  const text = textNode(element);
  expect(element?.hasAttribute('href')).toBe(false);
  await page.step('x', [inline(1, 0, [...link('https://example.com/')])]);
  await expect.poll(() => element?.getAttribute('href')).toBe('https://example.com/');
  expect(page.body.querySelector('a')).toBe(element);
  expect(textNode(element)).toBe(text);
  expect(element?.getAttribute('rel')).toBe('noopener noreferrer nofollow');
});

test('[UI32] a late definition changes the blocks that use it and touches no other', async () => {
  const page = await openManual();
  await page.step('[a][b] c', [...paragraph(1, '[a][b] c'), close(1), ...paragraph(2, 'between'), close(2)], '[a][b] cbetween');
  const [first, second] = page.body.querySelectorAll('p');
  const seen = records(page.body);
  await page.step(
    'x',
    [
      {
        type: 'revise',
        key: 1,
        from: 0,
        segments: [
          [
            { type: 'link', url: 'https://b.example/', title: 'B', children: words('a') },
            { type: 'text', text: ' c' },
          ],
        ],
      },
    ],
    'a cbetween',
  );
  expect([...page.body.querySelectorAll('p')]).toEqual([first, second]);
  expect(seen().filter(({ target }) => second?.contains(target))).toEqual([]);
  expect(page.body.querySelector('a')?.title).toBe('B');
});

test('[UI31] a paragraph of 100 KB grows in boxes: what is in front stays as it is', async () => {
  const page = await openManual();
  const segment = (index: number) => words(`${index} `.padEnd(1000, 'x '));
  await page.step('x', [open(1, { type: 'paragraph' }), inline(1, 0, ...Array.from({ length: 100 }, (_, index) => segment(index)))]);
  await expect.poll(() => page.body.textContent?.length).toBe(100_000);
  const boxes = [...page.body.querySelectorAll('p > .sluice-box')];
  expect(boxes.length).toBeGreaterThan(15);
  const seen = records(page.body);
  await page.step('y', [inline(1, 100, segment(100), segment(101))]);
  await expect.poll(() => page.body.textContent?.length).toBe(102_000);
  expect(
    seen().every(({ target }) => target === boxes.at(-1) || target === page.body.querySelector('p') || boxes.at(-1)?.contains(target)),
  ).toBe(true);
});

test('[UI31] a word of 100 KB grows in boxes: what grows is short, and what is in front of it stays as it is', async () => {
  const page = await openManual();
  await page.step('x', [open(1, { type: 'paragraph' }), inline(1, 0, words('x1y2'.repeat(128)))]);
  for (let length = 512; length < 100_000; length += 4096) await page.step('x', [append(1, 'z3v4'.repeat(1024))]);
  await expect.poll(() => page.body.textContent?.length).toBe(102_912);
  const boxes = [...page.body.querySelectorAll('p > .sluice-box')];
  expect(boxes.length).toBeGreaterThan(12);
  const seen = records(page.body);
  for (let count = 1; count <= 3; count += 1) await page.step('y', [append(1, 'q5'.repeat(4000))]);
  await expect.poll(() => page.body.textContent).toBe(`${'x1y2'.repeat(128)}${'z3v4'.repeat(25_600)}${'q5'.repeat(12_000)}`);
  const paragraph = page.body.querySelector('p');
  const last = boxes.at(-1);
  // What joins the paragraph is new, and may grow.
  expect(seen().filter(({ target }) => target !== paragraph && boxes.some((box) => box !== last && box.contains(target)))).toEqual([]);
  expect(Math.max(...[...(paragraph?.children ?? [])].map((box) => box.textContent?.length ?? 0))).toBeLessThan(8192);
});

test('[UI32] a selection in a word without end survives that it goes on in another box, and what that word turns out to be', async () => {
  const page = await openManual();
  await page.step('x', [open(1, { type: 'paragraph' }), inline(1, 0, words('x'.repeat(6000)))], 'x'.repeat(6000));
  const selection = window.getSelection();
  const text = textNode(page.body.querySelector('p'));
  selection?.setBaseAndExtent(text, 5990, text, 5998);
  await page.step('y', [append(1, 'y'.repeat(3000))], `${'x'.repeat(6000)}${'y'.repeat(3000)}`);
  expect(page.body.querySelector('p > .sluice-box')).not.toBeNull();
  expect(textNode(page.body.querySelector('.sluice-box')).length).toBeLessThan(3000);
  expect(selection?.toString()).toBe('xxxxxxxx');
  const whole: Inline = { type: 'link', url: 'mailto:a@b.c', title: undefined, children: words(`${'x'.repeat(6000)}${'y'.repeat(3000)}`) };
  await page.step('z', [inline(1, 0, [whole])]);
  await expect.poll(() => page.body.querySelector('a')?.textContent?.length).toBe(9000);
  expect(page.body.textContent).toBe(`${'x'.repeat(6000)}${'y'.repeat(3000)}`);
  expect(selection?.toString()).toBe('xxxxxxxx');
  expect(page.body.querySelector('.sluice-box')).toBeNull();
});

test('[UI31] [UI32] boxes of a paragraph of usual length are one flow of text once it is closed, in the same text nodes', async () => {
  const page = await openManual();
  const segment = (index: number) => words(`${index} `.padEnd(1000, 'x '));
  const segments = (count: number) => inline(1, 0, ...Array.from({ length: count }, (_, index) => segment(index)));
  await page.step('x', [open(1, { type: 'paragraph' }), segments(12)]);
  await expect.poll(() => page.body.textContent?.length).toBe(12_000);
  const spans = [...page.body.querySelectorAll('p > .sluice-box')];
  const texts = spans.map((span) => span.firstChild);
  expect(spans.length).toBeGreaterThan(1);
  await page.step('y', [close(1)]);
  await expect.poll(() => page.body.querySelector('.sluice-box')).toBeNull();
  expect([...page.body.querySelectorAll('p > span')]).toEqual(spans);
  expect(spans.map((span) => span.firstChild)).toEqual(texts);
  expect(spans.map((span) => getComputedStyle(span).display)).toEqual(spans.map(() => 'inline'));
});

test('[UI31] a component of the app’s own that shows something else is rendered as its block grows', async () => {
  const Shout = ({ children }: ComponentProps<'p'>): ReactNode => <div className="shout">{children} !</div>;
  const page = await openManual({ components: { p: Shout } });
  await page.step('a', paragraph(1, 'one'), 'one !');
  await page.step('b', [append(1, ' two')], 'one two !');
  await page.step('c', [append(1, ' three'), close(1)], 'one two three !');
  expect(page.body.querySelectorAll('.shout').length).toBe(1);
});

test('[UI32] a selection in a closed block survives to the end, one in the open block growth and structure', async () => {
  const page = await openManual();
  await page.step('a', [...paragraph(1, 'closed block'), close(1), ...paragraph(2, 'open *bl')], 'closed blockopen *bl');
  const selection = window.getSelection();
  selection?.setBaseAndExtent(textNode(page.body.querySelector('p')), 2, textNode(page.body.querySelector('p')), 6);
  await page.step('b', [append(2, 'o')], 'closed blockopen *blo');
  await page.step(
    'c',
    [
      inline(2, 0, [
        { type: 'text', text: 'open ' },
        { type: 'emphasis', children: words('block') },
      ]),
    ],
    'closed blockopen block',
  );
  expect(selection?.toString()).toBe('osed');
  const open2 = page.body.querySelectorAll('p')[1];
  // Backwards: from the end of the selection to its beginning.
  selection?.setBaseAndExtent(textNode(open2), 3, open2?.firstChild as Text, 1);
  expect(selection?.toString()).toBe('pen blo');
  await page.step('d', [append(2, 's')], 'closed blockopen blocks');
  expect(selection?.toString()).toBe('pen blo');
  await page.step(
    'e',
    [
      inline(2, 0, [
        { type: 'text', text: 'open ' },
        { type: 'emphasis', children: words('blocks') },
        { type: 'text', text: ' end' },
      ]),
    ],
    'closed blockopen blocks end',
  );
  expect(selection?.toString()).toBe('pen blo');
  expect(selection?.anchorOffset).toBe(3);
  await page.step(
    'f',
    [
      inline(2, 0, [
        { type: 'text', text: 'open ' },
        { type: 'strong', children: words('blocks') },
      ]),
      close(2),
    ],
    'closed blockopen blocks',
  );
  await expect.poll(() => page.body.querySelector('strong')).not.toBeNull();
  expect(selection?.toString()).toBe('pen blo');
});
