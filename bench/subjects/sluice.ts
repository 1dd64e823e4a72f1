import { createRelayCore } from '../../server/relay/relay.ts';
import { createMemoryStorage } from '../../server/log/memory.ts';
import { createWebSocketTransport } from '../../server/transports/websocket.ts';
import { listen } from './listen.ts';
import { PushSource } from './source.ts';
import type { StartSubject } from './subject.ts';

/** The relay as it is: log, sequence, credit, every transport. Only the limits on the number of connections are raised. */
export const startSluice: StartSubject = async (cell) => {
  const relay = createRelayCore(
    { maxConnectionsPerPrincipal: 100_000, maxConnections: 100_000 },
    { storage: createMemoryStorage(), providers: [] },
  );
  const sources = Array.from({ length: cell.streams }, () => new PushSource());
  const channels = sources.map((source, index) => relay.streams.create({ id: `bench-${index}`, source }).channel);
  const { server, port } = await listen();
  const sockets = createWebSocketTransport({ accept: relay.accept, admit: () => {} });
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  return {
    endpoint: { port, channels },
    publish(stream, _index, tokens) {
      const source = sources[stream] as PushSource;
      for (const delta of tokens) source.push({ type: 'text', part: '0', delta });
    },
  };
};
