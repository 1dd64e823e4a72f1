import { expect, onTestFinished, test } from 'vitest';
import { page as browser, cdp, userEvent } from 'vitest/browser';
import { mermaid } from '../../src/plugins/mermaid.tsx';
import { CodeBlock } from '../../src/react/markdown/code/CodeBlock.tsx';
import { createBlock, type ManualBlock } from '../react/code/block.ts';
import { type CodePage, frame, openPage } from '../react/code/page.tsx';

/** Of Chromium's tools; what vitest declares of them is empty. */
interface Session {
  send(method: 'Emulation.setEmulatedMedia', options: { media: string }): Promise<unknown>;
}

const Diagram = mermaid();
const chart = 'flowchart LR\n  a[Relay] --> b[Worker]\n  b --> c[Page]\n';

function open(...blocks: ManualBlock[]): CodePage {
  return openPage(
    blocks.map((block, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they never move
      <Diagram key={index} block={block}>
        <CodeBlock block={block} />
      </Diagram>
    )),
  );
}

const drawn = (page: CodePage, count: number): Promise<void> =>
  expect.poll(() => page.container.querySelectorAll('[role="img"] svg').length, { timeout: 25_000 }).toBe(count);

test('[UI27] a fence is code while it is open, and a named diagram when it closes', async () => {
  const block = createBlock('mermaid', chart);
  const page = open(block);
  await expect.poll(() => page.container.querySelector('code')?.textContent).toBe(chart);
  await frame(3);
  expect(page.container.querySelector('svg .node')).toBeNull();
  block.close();
  await drawn(page, 1);
  expect(page.container.querySelector('[role="img"]')?.getAttribute('aria-label')).toBe('Diagram, flowchart');
  expect(page.container.querySelector('svg')?.textContent).toContain('Relay');
  expect(page.container.querySelector('code')).toBeNull();
  const toggle = page.container.querySelector('button') as HTMLElement;
  expect(toggle.textContent).toBe('Show code');
  await userEvent.click(toggle);
  await expect.poll(() => page.container.querySelector('code')?.textContent).toBe(chart);
  await userEvent.click(page.container.querySelector('button') as HTMLElement);
  await drawn(page, 1);
});

test('[UI27] what its author calls it is its name', async () => {
  const block = createBlock('mermaid', 'pie\n  accTitle: Shares of time\n  "layout" : 60\n  "paint" : 40\n');
  block.close();
  const page = open(block);
  await drawn(page, 1);
  expect(page.container.querySelector('[role="img"]')?.getAttribute('aria-label')).toBe('Shares of time');
});

test('[UI27] a wide diagram scrolls on a narrow screen before its words are too small, and is whole on paper', async () => {
  const block = createBlock('mermaid', 'flowchart LR\n  a[Provider] --> b[Relay] --> c[Worker] --> d[Store] --> e[Page]\n');
  block.close();
  const page = open(block);
  page.container.style.width = '320px';
  await drawn(page, 1);
  const scroller = page.container.querySelector('.sluice-diagram-scroller') as HTMLElement;
  const scale = (): number => (scroller.querySelector('svg') as SVGSVGElement).getScreenCTM()?.a ?? 0;
  expect(scale()).toBeGreaterThanOrEqual(0.62);
  expect(scroller.scrollWidth).toBeGreaterThan(scroller.clientWidth);
  page.container.style.width = '2000px';
  expect(scale()).toBeCloseTo(1);
  page.container.style.width = '320px';
  const session = cdp() as Session;
  onTestFinished(() => session.send('Emulation.setEmulatedMedia', { media: '' }) as Promise<void>);
  await session.send('Emulation.setEmulatedMedia', { media: 'print' });
  expect(scroller.scrollWidth).toBe(scroller.clientWidth);
});

test('[UI27] what cannot be drawn is code, with the reason; the next is drawn all the same', async () => {
  const bad = createBlock('mermaid', 'flowchart LR\n  a -->\n');
  const unknown = createBlock('mermaid', 'nothing at all\n');
  const long = createBlock('mermaid', `flowchart LR\n${'  a --> b\n'.repeat(3000)}`);
  const good = createBlock('mermaid', chart);
  for (const block of [bad, unknown, long, good]) block.close();
  const page = open(bad, unknown, long, good);
  await drawn(page, 1);
  await expect.poll(() => page.container.querySelectorAll('.sluice-diagram-error').length).toBe(3);
  expect([...page.container.querySelectorAll('code')].map((code) => code.textContent)).toEqual([
    bad.from(0),
    unknown.from(0),
    long.from(0),
  ]);
  for (const error of page.container.querySelectorAll('.sluice-diagram-error'))
    expect(error.textContent).toMatch(/could not be drawn\. .{5}/);
  // Mermaid leaves nothing of its own on the page.
  expect(document.querySelector('body > [id^="d"], body > svg')).toBeNull();
});

test('[UI27] labels and links run nothing', async () => {
  const block = createBlock(
    'mermaid',
    'flowchart LR\n  a["<img src=x onerror=alert(1)>"] --> b["<script>alert(2)</script>"]\n  click a "javascript:alert(3)"\n  click b call alert()\n',
  );
  block.close();
  const page = open(block);
  await expect.poll(() => page.container.querySelector('[role="img"] svg, .sluice-diagram-error'), { timeout: 25_000 }).not.toBeNull();
  const html = page.container.querySelector('[role="img"]')?.innerHTML ?? '';
  expect(html).not.toMatch(/onerror\s*=\s*"|javascript:|<script/i);
});

test('[UI27] a diagram loads nothing and links nowhere, while it is measured, either', async () => {
  const chart = (...lines: string[]): ManualBlock => createBlock('mermaid', ['flowchart LR', '  a --> b', ...lines, ''].join('\n  '));
  const blocks = [
    chart('a["<img src=/never.png> one"]', 'b["<span style=background:url&lpar;/never.png)>two</span>"]'),
    chart('click a href "https://a.example/never.png"', 'a[one]'),
    chart('style a fill:url(/never.png)', 'style b background-image:url(/never.png)'),
    chart('c@{ img: "/never.png", label: "three" }'),
    createBlock('mermaid', `%%{init: {"themeCSS": "* { background: u\\u0072l(/never.png) }"}}%%\nflowchart LR\n  a --> b\n`),
  ];
  for (const block of blocks) block.close();
  const page = open(...blocks);
  const settled = (): number => page.container.querySelectorAll('[role="img"] svg, .sluice-diagram-error').length;
  await expect.poll(settled, { timeout: 25_000 }).toBe(blocks.length);
  await frame(3);
  expect(page.container.querySelectorAll('[role="img"] svg')).toHaveLength(2);
  const html = [...page.container.querySelectorAll('[role="img"]')].map((each) => each.innerHTML).join('');
  expect(html).toContain('one');
  expect(html).not.toMatch(/never|a\.example/);
  expect(html).toMatch(/marker-end="url\(#/);
  expect(performance.getEntriesByType('resource').filter(({ name }) => name.includes('never'))).toEqual([]);
});

test('[UI27] what a diagram configured that could not be drawn is nothing to the next', async () => {
  const theme = (colour: string): ManualBlock =>
    createBlock('mermaid', `%%{init: {"theme": "base", "themeVariables": {"primaryColor": "${colour}"}}}%%\n${chart}`);
  const blocks = [theme('var(--brand)'), createBlock('mermaid', chart), theme('#ffeedd')];
  const page = open(...blocks);
  for (const block of blocks) {
    block.close();
    const settled = (): number => page.container.querySelectorAll('[role="img"] svg, .sluice-diagram-error').length;
    await expect.poll(settled, { timeout: 25_000 }).toBe(blocks.indexOf(block) + 1);
  }
  await drawn(page, 2);
});

test('[UI27] many diagrams are drawn one after the other', async () => {
  const blocks = Array.from({ length: 6 }, () => createBlock('mermaid', chart));
  const page = open(...blocks);
  for (const block of blocks) block.close();
  await drawn(page, 6);
  const ids = [...page.container.querySelectorAll('svg[id]')].map((svg) => svg.id);
  expect(new Set(ids).size).toBe(ids.length);
});

/** How bright the page is at a place, of 255. */
async function brightnessAt(x: number, y: number): Promise<number> {
  const base64 = await browser.screenshot({ save: false, element: document.documentElement });
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  const scale = image.width / document.documentElement.getBoundingClientRect().width;
  const [red = 0, green = 0, blue = 0] = context.getImageData(Math.floor(x * scale), Math.floor(y * scale), 1, 1).data;
  return (red + green + blue) / 3;
}

test('[UI27] a diagram of a dark page is printed dark on light, one of a light page as it is', async () => {
  const session = cdp() as Session;
  onTestFinished(() => session.send('Emulation.setEmulatedMedia', { media: '' }) as Promise<void>);
  const own = `%%{init: {"theme": "default"}}%%\n${chart}`;
  const themeVariables = { darkMode: true, primaryColor: '#222222' };
  const ownDark = `%%{init: ${JSON.stringify({ theme: 'base', themeVariables })}}%%\n${chart}`;
  const Based = mermaid({ config: { themeVariables: { ...themeVariables, background: '#111111' } }, themes: { dark: 'base' } });
  for (const [scheme, text, isDark, Fence] of [
    ['dark', chart, true, Diagram],
    ['light', chart, false, Diagram],
    ['dark', own, false, Diagram],
    ['dark', ownDark, true, Diagram],
    ['dark', chart, true, Based],
  ] as const) {
    const block = createBlock('mermaid', text);
    block.close();
    const page = openPage(
      <Fence block={block}>
        <CodeBlock block={block} />
      </Fence>,
    );
    page.container.style.colorScheme = scheme;
    await drawn(page, 1);
    const node = page.container.querySelector('.node rect') as Element;
    const { left, top } = node.getBoundingClientRect();
    const inside = (): Promise<number> => brightnessAt(left + 5, top + 5);
    const onScreen = await inside();
    await session.send('Emulation.setEmulatedMedia', { media: 'print' });
    expect(await inside()).toBeGreaterThan(200);
    if (isDark) expect(onScreen).toBeLessThan(100);
    else expect(await inside()).toBe(onScreen);
    await session.send('Emulation.setEmulatedMedia', { media: '' });
    page.container.remove();
  }
});
