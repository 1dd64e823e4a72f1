import { expect, test, vi } from 'vitest';
import { SluiceProvider, StreamPanel, type StreamSource, useStream } from '../../src/index.ts';
import { openRoot } from '../support/root.ts';
import { startClient, startRelay, transports } from './page.ts';

const ROUNDS = 7;

/** Milliseconds from the provider's first token to the document, of one stream. */
async function firstToken(client: ReturnType<typeof startClient>): Promise<number> {
  const { container, render } = openRoot();
  let sentAt: number | undefined;
  const source: StreamSource = { request: { provider: 'stamped', model: 'm', prompt: 'Hello?' } };
  function Panel(): React.ReactNode {
    const stream = useStream(source);
    stream.handle?.subscribe(() => {
      for (const part of stream.handle?.record.parts ?? []) if (part.type === 'data') sentAt = part.value as number;
    });
    return <StreamPanel stream={stream} />;
  }
  const shownAt = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      if (container.querySelector('[data-stream-body]')?.textContent !== 'first') return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    });
    observer.observe(container, { childList: true, characterData: true, subtree: true });
  });
  render(
    <SluiceProvider client={client}>
      <Panel />
    </SluiceProvider>,
  );
  const at = await shownAt;
  await vi.waitFor(() => expect(sentAt).toBeDefined());
  return at - (sentAt ?? 0);
}

test.each(transports)(
  '[RL2] [ST4] over %s the first token is on the page within 100 ms of leaving the provider',
  { timeout: 60_000 },
  async (transport) => {
    const client = startClient(await startRelay(), { transport });
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await firstToken(client));
    const [cold = 0, ...warm] = rounds;
    warm.sort((a, b) => a - b);
    const median = warm[warm.length >> 1] ?? Number.POSITIVE_INFINITY;
    console.info(
      `first token over ${transport}: median ${median.toFixed(1)} ms, most ${warm.at(-1)?.toFixed(1)} ms; with a new connection ${cold.toFixed(1)} ms`,
    );
    expect(median).toBeLessThan(100);
  },
);
