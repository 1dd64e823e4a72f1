import { createElement } from 'react';
import { type ClientOptions, SluiceProvider, StreamPanel } from 'sluice-kit';
import { createClient, type StreamHandle } from 'sluice-kit/client';
import { createRelay } from 'sluice-kit/server';
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

// @ts-expect-error what only the package itself needs is not in its types
export type Tell = StreamHandle['tell'];

// @ts-expect-error a transport that does not exist
export const wrong: ClientOptions = { transport: 'pigeon' };
