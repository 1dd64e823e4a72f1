import { chromium, type Page } from 'playwright-core';
import { chromiumArgs, ensureChromium } from '../../scripts/chromium.ts';
import { readCode, tokensOf } from './text.ts';

/** What colouring costs the page by the way it is shown: 200 lines a frame, of a fence that is already on the page. */
const ways = ['plain', 'class', 'inline style', 'custom highlights'] as const;
const lineCount = 4000;
const perFrame = 40;
const rounds = 3;

type Way = (typeof ways)[number];

const lines = readCode().split('\n').slice(0, lineCount);
const tokens = tokensOf(lines);
const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...chromiumArgs] });
const totals = new Map<Way, number[][]>();
for (let round = 0; round < rounds; round += 1) {
  for (const way of ways) {
    const page = await browser.newPage();
    totals.set(way, [...(totals.get(way) ?? []), await measure(page, way)]);
    await page.close();
  }
}
await browser.close();
console.log(
  `${lineCount} lines of TypeScript, ${tokens.flat().length} tokens, ${perFrame} lines a frame; main thread, ms (median of ${rounds})`,
);
console.log(['way', 'task', 'script', 'style', 'layout', 'last tenth / first tenth'].join(' | '));
for (const [way, runs] of totals) {
  const median = (index: number): number => runs.map((run) => run[index] ?? 0).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
  console.log([way, ...[0, 1, 2, 3].map((index) => median(index).toFixed(0)), median(4).toFixed(2)].join(' | '));
}

async function measure(page: Page, way: Way): Promise<number[]> {
  await page.setContent(
    '<!doctype html><style>pre{height:400px;overflow:auto}.g{content-visibility:auto;contain-intrinsic-size:auto 25lh;display:block}.l{display:block}</style><pre id="code"></pre>',
  );
  await page.evaluate((all) => {
    const code = document.querySelector('#code') as HTMLElement;
    for (let at = 0; at < all.length; at += 25) {
      const group = document.createElement('span');
      group.className = 'g';
      for (const line of all.slice(at, at + 25)) {
        const box = document.createElement('span');
        box.className = 'l';
        box.append(`${line}\n`);
        group.append(box);
      }
      code.append(group);
    }
    code.scrollTop = 1e9;
  }, lines);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const figures = async (): Promise<number[]> => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return ['TaskDuration', 'ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'].map(
      (name) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000,
    );
  };
  await page.evaluate(
    ({ way, tokens }) => {
      const sheet = new CSSStyleSheet();
      const styles = new Map<string, { name: string; highlight: Highlight | undefined }>();
      for (const style of new Set(tokens.flat().map(([, style]) => style))) {
        const name = `t${styles.size}`;
        const [light = '', dark = ''] = style.split('|');
        sheet.insertRule(`.${name}{color:light-dark(${light},${dark})}`);
        sheet.insertRule(`::highlight(${name}){color:light-dark(${light},${dark})}`);
        const highlight = way === 'custom highlights' ? new Highlight() : undefined;
        if (highlight) CSS.highlights.set(name, highlight);
        styles.set(style, { name, highlight });
      }
      document.adoptedStyleSheets.push(sheet);
      const boxes = [...document.querySelectorAll('.l')];
      const colour = (index: number): void => {
        const box = boxes[index];
        const node = box?.firstChild as Text;
        const text = node.data;
        const made: Node[] = [];
        let at = 0;
        for (const [length, style] of tokens[index] ?? []) {
          const known = styles.get(style);
          if (way === 'custom highlights') {
            known?.highlight?.add(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + length }));
          } else if (way !== 'plain') {
            const span = document.createElement('span');
            if (way === 'class') span.className = known?.name ?? '';
            else span.style.color = `light-dark(${style.replace('|', ',')})`;
            span.textContent = text.slice(at, at + length);
            made.push(span);
          }
          at += length;
        }
        if (made.length > 0) box?.replaceChildren(...made, '\n');
      };
      Object.assign(globalThis, { colour });
    },
    { way, tokens },
  );
  const run = (from: number, to: number): Promise<unknown> =>
    page.evaluate(
      ({ from, to, perFrame }) =>
        new Promise<void>((resolve) => {
          let at = from;
          const step = (): void => {
            for (const end = Math.min(to, at + perFrame); at < end; at += 1)
              (globalThis as unknown as { colour(index: number): void }).colour(at);
            if (at < to) requestAnimationFrame(step);
            else requestAnimationFrame(() => setTimeout(resolve));
          };
          requestAnimationFrame(step);
        }),
      { from, to, perFrame },
    );
  const stages = [await figures()];
  for (const [from, to] of [
    [0, 0.1],
    [0.1, 0.9],
    [0.9, 1],
  ] as const) {
    await run(Math.floor(from * lines.length), Math.floor(to * lines.length));
    stages.push(await figures());
  }
  const spent = (from: number, to: number, figure: number): number => (stages[to]?.[figure] ?? 0) - (stages[from]?.[figure] ?? 0);
  return [...[0, 1, 2, 3].map((figure) => spent(0, 3, figure)), spent(2, 3, 0) / spent(0, 1, 0)];
}
