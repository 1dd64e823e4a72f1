import { beforeAll, beforeEach, expect, test } from 'vitest';
import { installProbe, type Probe } from '../../bench/render/probe.ts';

const { benchProbe } = (() => {
  installProbe();
  return globalThis as unknown as { benchProbe: Probe };
})();

let host: HTMLElement;

beforeAll(() => {
  document.body.innerHTML = '<div data-panel="0"><button>Copy q0009</button><div data-panel-text></div></div>';
  benchProbe.start();
});

beforeEach(() => {
  host = document.querySelector('[data-panel-text]') as HTMLElement;
  host.replaceChildren();
});

test.each([
  ['<p>a q0001 b</p><p>c</p>', 1],
  ['<p>q0001</p><ul><li>a <strong>q0002</strong> b</li><li></li></ul>', 2],
  ['<pre><code><span>const</span> <span>q00ff</span><span>;</span>\n</code></pre>\n', 255],
  // What is shown in part does not count.
  ['<p>q0003 and q00</p>', 3],
  ['<p>q0003</p><p>q</p>', 3],
  ['<table><tr><td>q0004</td><td></td><td></td></tr></table>', 4],
  ['<p>none</p>', -1],
  ['', -1],
])('the newest serial word of %s is %d', (html, serial) => {
  host.innerHTML = html;
  expect(benchProbe.serials()).toEqual([serial]);
});

test('a word is painted when the frame that shows it has been produced, and not before', async () => {
  const before = performance.now();
  host.innerHTML = '<p>q0abc</p>';
  await expect.poll(() => benchProbe.observations().painted.at(-1)).toEqual([expect.any(Number), 0, 0xabc]);
  const { painted, frames } = benchProbe.observations();
  const at = painted.at(-1)?.[0] ?? 0;
  expect(at).toBeGreaterThan(before);
  const frame = frames.findLast((time) => time <= at) ?? 0;
  expect(at - frame).toBeLessThan(1000);
  expect(frame).toBeGreaterThan(0);
});

test('each commit of React counts once, whichever root it is of', async () => {
  // After the probe, as in a subject's page.
  const [{ createElement }, { flushSync }, { createRoot }] = await Promise.all([
    import('react'),
    import('react-dom'),
    import('react-dom/client'),
  ]);
  const roots = Array.from({ length: 2 }, () => createRoot(document.createElement('div')));
  const before = benchProbe.commits();
  for (let turn = 0; turn < 3; turn += 1) for (const root of roots) flushSync(() => root.render(createElement('p', null, turn)));
  expect(benchProbe.commits() - before).toBe(6);
  flushSync(() => {});
  expect(benchProbe.commits() - before).toBe(6);
});
