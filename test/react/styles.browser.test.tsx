import { expect, onTestFinished, test } from 'vitest';
import { ConnectionStatus, StreamPanel } from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { openPage } from './page.tsx';

test('[UI46] what is selected is the answer with its name and its model, and not what surrounds it', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(
    <>
      <ConnectionStatus />
      <StreamPanel source={source} title="My title" view="markdown">
        <StreamPanel.Header />
        <StreamPanel.Body />
        <StreamPanel.Footer>
          Mine
          <StreamPanel.Footer />
        </StreamPanel.Footer>
      </StreamPanel>
    </>,
  );
  source.push(start, { type: 'text', part: 't0', delta: 'one[^1]\n\n```ts\ntwo\n```\n\n[^1]: three\n' });
  await expect.poll(() => page.status()).toBe('streaming');
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  await expect.poll(() => page.container.ownerDocument.querySelector('[role="status"]')?.textContent).toContain('answer complete');

  const selection = window.getSelection();
  onTestFinished(() => selection?.removeAllRanges());
  selection?.selectAllChildren(document.body);
  const words = selection?.toString().split(/\s+/).filter(Boolean);
  expect(words).toEqual(['My', 'title', 'scripted', '·', 'scripted-plain', 'one1', 'two', 'Footnotes', 'three', 'Mine']);
});
