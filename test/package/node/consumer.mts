import { createElement } from 'react';
import { type ClientOptions, type MarkdownOptions, SluiceProvider, StreamPanel } from 'sluice-kit';
import { createClient, type StreamHandle } from 'sluice-kit/client';
import { katex } from 'sluice-kit/katex';
import { mermaid } from 'sluice-kit/mermaid';
import { createRelay } from 'sluice-kit/server';
import { shiki } from 'sluice-kit/shiki';
import { StreamError, type StreamEvent } from 'sluice-kit/wire';
import 'sluice-kit/styles.css';

async function* answer(): AsyncGenerator<StreamEvent> {
  yield { type: 'text', part: 't', delta: 'Hello' };
  yield { type: 'finish', reason: 'stop' };
}

export const relay = createRelay({ allowedOrigins: ['https://app.example'], authenticate: () => ({ id: 'somebody' }) });
export const stream = relay.streams.create({ source: answer() });
export const options: ClientOptions = { url: 'https://relay.example/', transport: 'websocket' };
export const client = createClient(options);
export const error: Error = new StreamError('bad_option', 'message');
export const element = createElement(SluiceProvider, { url: 'https://relay.example/' }, createElement(StreamPanel, { source: answer() }));

// Of these three libraries none is installed: types need none of theirs.
export const markdown: MarkdownOptions = {
  highlight: shiki({ contrast: 7 }),
  math: katex({ macros: { R: 'x' } }),
  fences: { mermaid: mermaid({ config: { look: 'handDrawn' }, themes: { light: 'forest' } }) },
};

// @ts-expect-error what only the package itself needs is not in its types
export type Tell = StreamHandle['tell'];

// @ts-expect-error a transport that does not exist
export const wrong: ClientOptions = { transport: 'pigeon' };
