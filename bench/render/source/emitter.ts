import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { answer } from '../../child.ts';
import { nowMs } from '../../clock.ts';
import type { Source } from '../cell.ts';
import { servePages } from './pages.ts';
import { openRelay } from './relay.ts';
import { createSchedule } from './schedule.ts';
import { createAnswers } from './text.ts';

// A process of its own: serves the subject's page, and sends each stream's text when it is due.

export type EmitterRequest =
  | { readonly type: 'start'; readonly directory: string; readonly relay: boolean; readonly source: Source }
  | { readonly type: 'begin' }
  | { readonly type: 'collect' };

export interface Emission {
  /** When each chunk of the schedule was sent, on the clock of `/clock`; NaN where it was not. */
  readonly sentAt: Float64Array;
  readonly finished: boolean;
}

/** The longest it sends without letting sockets and timers have their turn, ms. */
const sliceMs = 10;

let begin: () => void = () => {};
let emission: () => Emission = () => ({ sentAt: new Float64Array(), finished: false });

answer(async (request: EmitterRequest) => {
  switch (request.type) {
    case 'start':
      return start(request);
    case 'begin':
      return begin();
    case 'collect':
      return emission();
  }
});

async function start({ directory, relay, source }: Extract<EmitterRequest, { type: 'start' }>): Promise<number> {
  const chunks = createSchedule(source.arrival);
  const answers = createAnswers(source);
  const sentAt = new Float64Array(chunks.length).fill(Number.NaN);
  const server = createServer(servePages(directory));
  const sink = relay ? await openRelay(server, answers.length) : openSocket(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let next = 0;
  begin = () => {
    const startedAt = nowMs();
    const send = (): void => {
      const from = nowMs();
      for (let chunk = chunks[next]; chunk !== undefined; chunk = chunks[next]) {
        const now = nowMs();
        if (startedAt + chunk.atMs > now || now - from > sliceMs) {
          setTimeout(send, Math.max(0, startedAt + chunk.atMs - now));
          return;
        }
        const text = answers[chunk.stream]?.tokens.slice(chunk.from, chunk.to).join('') ?? '';
        sentAt[next] = nowMs();
        next += 1;
        sink.text(chunk.stream, text);
      }
      for (const stream of answers.keys()) sink.end(stream);
    };
    send();
  };
  emission = () => ({ sentAt, finished: next === chunks.length });
  return (server.address() as AddressInfo).port;
}

/** Where the text goes. */
export interface Sink {
  text(stream: number, text: string): void;
  end(stream: number): void;
}

function openSocket(server: ReturnType<typeof createServer>): Sink {
  const sockets = new WebSocketServer({ server, path: '/text', perMessageDeflate: false });
  const send = (message: readonly unknown[]): void => {
    const data = JSON.stringify(message);
    for (const client of sockets.clients) if (client.readyState === WebSocket.OPEN) client.send(data);
  };
  return { text: (stream, text) => send([stream, text]), end: (stream) => send([stream]) };
}
