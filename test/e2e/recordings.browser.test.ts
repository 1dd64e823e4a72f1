import { expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import { startClient, startRelay, transports, Watched } from './page.ts';

test.each(transports)('[UI1] [FR8] [SQ3] each recorded response arrives over %s as its SDK reads it', async (transport) => {
  const url = await startRelay();
  const recordings = await commands.replayRecordings(url);
  // They are not part of the project.
  if (recordings.length === 0) return;
  const client = startClient(url, { transport });
  const streams = recordings.map(({ provider, text }) => ({
    provider,
    text,
    stream: new Watched(client, { request: { provider: 'replay', model: provider, prompt: 'Hello?' } }),
  }));
  for (const { provider, text, stream } of streams) {
    await stream.ended();
    expect({ provider, status: stream.status, text: stream.text }).toEqual({ provider, status: 'done', text });
  }
  expect(client.store.getState().connection.transport).toBe(transport);
});
