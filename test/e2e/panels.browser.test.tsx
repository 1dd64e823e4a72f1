import { expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import type { SluiceClient, StreamRequest } from '../../src/index.ts';
import { type Sight, watch } from '../react/page.tsx';
import { relayText, startClient, startRelay, transports } from './page.ts';
import { bodyOf, showPanels } from './panels.tsx';

interface Shown {
  readonly id: string;
  readonly status: string | undefined;
  readonly text: string;
  /** Every state of the panel that was in the document. */
  readonly sights: readonly Sight[];
}

/** Shows a panel for each request until all have ended. `meanwhile` is given the panels, and waited for. */
async function show(
  client: SluiceClient,
  requests: readonly StreamRequest[],
  meanwhile: (panels: readonly HTMLElement[]) => Promise<void> = async () => {},
): Promise<Shown[]> {
  const panels = showPanels(
    client,
    requests.map((request) => ({ source: { request } })),
  );
  await expect.poll(() => panels().length).toBe(requests.length);
  const watched = panels().map((panel) => ({ panel, ...watch(panel) }));
  await meanwhile(panels());
  const statuses = (): (string | undefined)[] => panels().map((panel) => panel.dataset['status']);
  await expect.poll(() => statuses().filter((status) => status === 'pending' || status === 'streaming'), { timeout: 20_000 }).toEqual([]);
  return watched.map(({ panel, sights }) => ({
    id: panel.dataset['streamId'] ?? '',
    status: panel.dataset['status'],
    text: bodyOf(panel),
    sights,
  }));
}

function broken({ text, sights }: Shown): readonly Sight[] {
  return sights.filter((sight) => !text.startsWith(sight.text) || (sight.status === 'done' && sight.text !== text));
}

test.for(transports)(
  '[UI1] [UI2] [SQ3] each recorded response shows over %s what its SDK reads, and at every moment a prefix',
  async (transport, { skip }) => {
    const url = await startRelay();
    const recordings = await commands.replayRecordings(url);
    if (recordings.length === 0) skip('The recorded responses are not part of the project, and absent here.');
    const client = startClient(url, { transport });
    const shown = await show(
      client,
      recordings.map(({ model }) => ({ provider: 'replay', model, prompt: 'Hello?' })),
      async (panels) => {
        // They are seen while they grow, not only when they have ended.
        const growing = (): number => panels.filter((panel) => panel.dataset['status'] === 'streaming' && bodyOf(panel) !== '').length;
        await expect.poll(growing, { timeout: 20_000 }).toBeGreaterThan(5);
        await commands.releaseRecordings(url);
      },
    );
    for (const [index, panel] of shown.entries()) {
      const { model, text } = recordings[index] ?? {};
      expect({ model, status: panel.status, text: panel.text }).toEqual({ model, status: 'done', text });
      expect(broken(panel)).toEqual([]);
    }
    expect(client.store.getState().connection.transport).toBe(transport);
  },
);

test.each(transports)('[UI1] [UI2] eight scripted answers side by side over %s', async (transport) => {
  const url = await startRelay();
  const requests = Array.from({ length: 8 }, (_, seed) => ({
    provider: 'scripted',
    model: 'scripted-markdown',
    prompt: 'Hello?',
    options: { seed, tokens: 300, rate: 200 },
  }));
  const shown = await show(startClient(url, { transport }), requests);
  for (const panel of shown) {
    expect([panel.status, panel.text]).toEqual(['done', await relayText(url, panel.id)]);
    expect(panel.sights.some((sight) => sight.text !== '' && sight.text !== panel.text)).toBe(true);
    expect(broken(panel)).toEqual([]);
  }
});
