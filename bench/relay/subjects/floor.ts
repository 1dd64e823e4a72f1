import { WebSocketServer } from 'ws';
import { tickMs } from '../scenario.ts';
import { listen } from './listen.ts';
import { compactBatch, type StartSubject } from './subject.ts';

/**
 * The least a relay over `ws` can do: per tick one message with everything due, encoded once and the same for everybody.
 * No log, no sequence, no credit, no choice of streams.
 */
export const startFloor: StartSubject = async () => {
  const { server, port } = await listen();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: true });
  let due: unknown[] = [];
  const flush = (): void => {
    const message = Buffer.from(JSON.stringify(due));
    due = [];
    for (const socket of sockets.clients) socket.send(message);
  };
  return {
    endpoint: { port },
    publish(stream, index, tokens) {
      if (due.length === 0) setTimeout(flush, tickMs);
      due.push(compactBatch(stream, index, tokens));
    },
  };
};
