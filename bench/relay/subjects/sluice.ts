import type { AuthenticateInput, Principal } from '../../../server/index.ts';
import { loadServer } from '../../kit.ts';
import { discover } from './discover.ts';
import { PushSource } from './source.ts';
import type { StartSubject } from './subject.ts';

/** More connections than these limits allow, from one address, are what the benchmark is about. */
export const limits = { maxConnections: 1_000_000, maxConnectionsPerPrincipal: 1_000_000, maxMessagesPerSecond: 1_000_000 };

/** The relay as it is: log, sequence, credit and heartbeat on, each stream an iterable of the application's own. */
export const startSluice: StartSubject = async (cell) => {
  const { createRelay } = await loadServer();
  const relay = createRelay({ ...limits, providers: [], authenticate: readerOf, authorize: () => true });
  const sources = Array.from({ length: cell.streams }, () => new PushSource());
  const channels = sources.map((source, index) => relay.streams.create({ id: `bench-${index}`, source }).channel);
  const { port } = await relay.listen({ port: 0 });
  return {
    endpoint: { ...(await discover(port)), channels },
    publish(stream, _index, tokens) {
      const source = sources[stream] as PushSource;
      for (const delta of tokens) source.push({ type: 'text', part: '0', delta });
    },
  };
};

/** Readers over SSE are people of their own: of one person's responses the relay ends the oldest now and then (CN13). */
function readerOf({ headers }: AuthenticateInput): Principal {
  return { id: headers.get('x-reader') ?? 'reader' };
}
