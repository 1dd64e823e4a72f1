import { expect, test } from 'vitest';
import { preloadMarkdown, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage } from '../page.tsx';

/** Text nodes with all but the last code units of what is on display. */
function textNodes(element: HTMLElement, but: number): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  for (let left = but; left > 0 && nodes.length > 0; ) left -= nodes.pop()?.length ?? 0;
  return nodes;
}

test.for(['[', '![', '*', '`', '<a href="'])(
  '[UI32] behind %s that is never closed, texts keep their nodes to the end',
  async (opening) => {
    await preloadMarkdown();
    const page = openPage();
    const source = new ManualSource();
    page.render(<StreamPanel source={source} view="markdown" />);
    source.push(start);
    const text = `See ${opening}a ${'some **words** and `code`, **more** of it. '.repeat(1200)}`;
    source.text('# A\n\n');
    await expect.poll(() => page.container.querySelector('[data-stream-body]')?.textContent).toBe('A');
    const kept = new Set<Text>();
    for (let at = 0; at < text.length; at += 1024) {
      source.text(text.slice(at, at + 1024));
      await frame(1);
      for (const node of textNodes(page.body(), 12_288)) kept.add(node);
    }
    source.push(finish);
    await expect.poll(() => page.status(), { timeout: 20_000 }).toBe('done');
    await frame(15);
    expect(kept.size).toBeGreaterThan(500);
    expect([...kept].filter((node) => !node.isConnected)).toEqual([]);
  },
);
