import { WebSocketServer } from 'ws';
import { listen } from './listen.ts';
import { compactBatch, type StartSubject } from './subject.ts';

/** The `ws` broadcast of its README: each batch is encoded once and sent to every client as it arrives. */
export const startBroadcast: StartSubject = async () => {
  const { server, port } = await listen();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  return {
    endpoint: { port },
    publish(stream, index, tokens) {
      const message = Buffer.from(JSON.stringify(compactBatch(stream, index, tokens)));
      for (const socket of sockets.clients) socket.send(message);
    },
  };
};

/** What many handlers do: each subscriber's own loop serialises what it sends. */
export const startJson: StartSubject = async () => {
  const { server, port } = await listen();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  return {
    endpoint: { port },
    publish(stream, index, tokens) {
      for (const socket of sockets.clients) socket.send(JSON.stringify(compactBatch(stream, index, tokens)));
    },
  };
};
