import { expect, onTestFinished, test, vi } from 'vitest';
import HighlightWorker from '../../src/plugins/highlight/entry.ts?worker';
import { shiki } from '../../src/plugins/shiki.ts';
import { createBlock, type ManualBlock } from '../react/code/block.ts';
import { type CodePage, frame, openCode } from '../react/code/page.tsx';

const source = Array.from({ length: 40 }, (_, index) => `const value${index}: number = ${index}; /* over\ntwo lines */\n`).join('');

const isColoured = (line: Element): boolean => line.querySelector('span') !== null;
const allColoured = (page: CodePage): Promise<void> =>
  expect
    .poll(() => page.lines.length > 0 && page.lines.every((line) => line.textContent === '\n' || isColoured(line)), { timeout: 20_000 })
    .toBe(true);

/** Text of each span and its class: all that can be told of colours. */
const looks = (page: CodePage): string[] =>
  [...page.code.querySelectorAll('.sluice-line > span')].map((span) => `${span.className} ${span.textContent}`);

async function stream(block: ManualBlock, code: string, length: number): Promise<void> {
  for (let at = 0; at < code.length; at += length) {
    block.append(code.slice(at, at + length));
    await frame();
  }
  block.close();
}

test('[UI20] code that streams through the worker has the colours of the whole', async () => {
  const highlight = shiki();
  const whole = createBlock('ts', source);
  whole.close();
  const wholePage = await openCode(whole, { highlight });
  await allColoured(wholePage);
  const block = createBlock('typescript');
  const page = await openCode(block, { highlight });
  await stream(block, source, 37);
  await allColoured(page);
  expect(page.code.textContent).toBe(source);
  expect(looks(page)).toEqual(looks(wholePage));
  expect(new Set(looks(page).map((look) => look.split(' ')[0])).size).toBeGreaterThan(2);
});

test('[UI21] a worker that dies is replaced: no line loses its text or its colour, and the rest is coloured', async () => {
  const workers: Worker[] = [];
  const highlight = shiki({
    worker: () => {
      const worker = new HighlightWorker();
      workers.push(worker);
      return worker;
    },
  });
  const block = createBlock('ts', source);
  const page = await openCode(block, { highlight });
  await allColoured(page);
  const before = looks(page);
  workers[0]?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
  block.append(source);
  block.close();
  expect(looks(page)).toEqual(before);
  await allColoured(page);
  expect(workers).toHaveLength(2);
  expect(page.code.textContent).toBe(source + source);
  expect(looks(page)).toEqual([...before, ...before]);
});

test('[UI21] a worker that dies again and again leaves the code plain, and whole', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  let made = 0;
  const highlight = shiki({
    worker() {
      made += 1;
      const worker = new HighlightWorker();
      const started = new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (message: { readonly type: string }) => {
        if (message.type === 'text')
          void started.then(() => setTimeout(() => worker.dispatchEvent(new ErrorEvent('error', { message: 'no' }))));
        else post(message);
      };
      return worker;
    },
  });
  const block = createBlock('ts', source);
  block.close();
  const page = await openCode(block, { highlight });
  await expect.poll(() => warn.mock.calls.flat().join(' '), { timeout: 20_000 }).toContain('Code stays plain.');
  expect(made).toBe(4);
  expect(page.code.textContent).toBe(source);
  expect(page.lines.some(isColoured)).toBe(false);
});

test.each([
  ['on the page, as asked', false],
  [
    'on the page, where no worker may be made',
    () => {
      throw new DOMException('denied', 'SecurityError');
    },
  ],
] as const)('[UI21] %s, code is coloured all the same', async (_, worker) => {
  const block = createBlock('html', '<!doctype html>\n<style>\na { color: red }\n</style>\n<p class="a">x</p>\n');
  block.close();
  const page = await openCode(block, { highlight: shiki({ worker }) });
  await allColoured(page);
});

test('a theme and a language of the app’s own', async () => {
  const highlight = shiki({
    themes: { light: () => import('@shikijs/themes/vitesse-light'), dark: () => import('@shikijs/themes/vitesse-dark') },
    languages: { wit: () => import('@shikijs/langs/wit') },
    aliases: { interface: 'wit' },
    contrast: 0,
  });
  const block = createBlock('Interface{1,2}', 'interface a {\n  b: func();\n}\n');
  block.close();
  const page = await openCode(block, { highlight });
  await expect.poll(() => page.code.querySelector('.sluice-line > span'), { timeout: 20_000 }).not.toBeNull();
});

test('[UI20] what cannot be loaded is said, and stays plain', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const highlight = shiki({ languages: { gone: () => Promise.reject(new Error('offline')) } });
  expect(highlight.open({ language: 'no-such-language', from: () => '', onLines: () => {} })).toBeUndefined();
  const block = createBlock('gone', 'a\n');
  block.close();
  const page = await openCode(block, { highlight });
  await expect.poll(() => warn.mock.calls.flat().join(' ')).toContain('“gone” could not be loaded');
  expect(page.code.textContent).toBe('a\n');
});

test('[UI20] every colour stands out from the package’s surfaces', async () => {
  const block = createBlock('ts', source);
  block.close();
  const page = await openCode(block, { highlight: shiki() });
  await allColoured(page);
  for (const theme of ['light', 'dark'] as const) {
    page.container.dataset['theme'] = theme;
    const surface = getComputedStyle(page.container.querySelector('.sluice-code') as Element).backgroundColor;
    for (const span of page.code.querySelectorAll('.sluice-line > span')) {
      expect(contrast(getComputedStyle(span).color, surface)).toBeGreaterThanOrEqual(4.5);
    }
  }
});

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((left, right) => right - left);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((channel) => {
    const value = Number(channel) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
