import { expect, test } from 'vitest';
import { StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { openPage } from '../page.tsx';

test('a Markdown answer is shown', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" />);
  source.push(start);
  source.text('# Title\n\nHello *wor');
  await expect.poll(() => page.body().textContent).toMatch(/TitleHello/);
  source.text('ld* and **more**\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet a = 1;\n```\n');
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  console.log(page.body().innerHTML);
});
