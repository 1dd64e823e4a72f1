// Sluice within an application that has a server already. This part runs wherever Hono does; `server.ts` is for Node.
import { Hono } from 'hono';
import { createRelay, type Relay, type StreamEvent } from 'sluice-kit/server';

export const relay: Relay = createRelay();

export const app: Hono = new Hono()
  .get('/', (context) => context.text('POST a question to /ask, and show the stream it names with <StreamPanel source={{ id }} />.'))
  // The app's own backend produces; the relay numbers, keeps and fans out. Nobody needs to be watching yet.
  .post('/ask', async (context) => {
    const { id } = relay.streams.create({ source: answer(await context.req.text()), model: 'our-agent' });
    return context.json({ id }, 201);
  })
  // Everything a browser asks of the relay over HTTP, SSE included.
  .all('/v1/*', (context) => relay.fetch(context.req.raw));

/** Stands for an agent, or an SDK's stream. */
async function* answer(question: string): AsyncGenerator<StreamEvent> {
  for (const word of `You asked: ${question}`.split(/(?<= )/)) yield { type: 'text', part: 'answer', delta: word };
  yield { type: 'finish', reason: 'stop' };
}
