import { cleanup, configure, render, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { SluiceProvider, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';

afterEach(cleanup);
configure({ asyncUtilTimeout: 10_000 });

const definitions = '[a]: https://a.example "A"\n\n[b]: <https://b.example>\n';

/** An answer that has ended, and what stands in its panel beside its name, state and figures. */
async function ended(text: string, isWhole: boolean, view: 'plain' | 'markdown' = 'markdown') {
  const source = new ManualSource();
  const panel = (shown: typeof view) => (
    <SluiceProvider worker={false} markdownWorker={false}>
      <StreamPanel source={source} view={shown}>
        <StreamPanel.Body empty="Nothing to read." />
      </StreamPanel>
    </SluiceProvider>
  );
  const { container, rerender } = render(panel(view));
  source.push(start);
  if (isWhole) source.text(text);
  else for (const character of text) source.text(character);
  source.push(finish);
  const says = (pattern: RegExp): Promise<void> => waitFor(() => expect(container.querySelector('section')?.textContent).toMatch(pattern));
  await waitFor(() => expect(container.querySelector('[data-status="done"]')).not.toBeNull());
  return { says, show: (shown: typeof view) => rerender(panel(shown)) };
}

for (const isWhole of [true, false]) {
  test.each([' ', '\n\n \t\n', definitions, `${definitions}\n\n`])(
    `[UI30] an answer of which Markdown shows nothing says so at its end (${isWhole ? 'at once' : 'by characters'}): %j`,
    async (text) => {
      const { says } = await ended(text, isWhole);
      await says(/^Nothing to read\.$/);
    },
  );
}

test.each([
  [`${definitions}See [a].`, /^See a\.$/],
  ['[^1]: A note.', /^FootnotesA note\.$/],
  ['***', /^$/],
])('[UI30] one that has something to show does not: %j', async (text, shown) => {
  const { says } = await ended(text, true);
  await says(shown);
});

test('[UI34] what is nothing as Markdown is there in the plain view', async () => {
  const { says, show } = await ended(definitions, true);
  await says(/^Nothing to read\.$/);
  show('plain');
  await says(/^\[a\]: https/);
  show('markdown');
  await says(/^Nothing to read\.$/);
});
