import { answer } from '../child.ts';
import { nowMs } from '../clock.ts';
import type { ClientMark, ClientRecord, ClientRequest } from './messages.ts';
import { type ConnectReader, connectBroadcast, connectFloor, connectSocketIo, connectSse } from './readers/baseline.ts';
import { Sample, type Tally } from './readers/tally.ts';
import type { SubjectName } from './scenario.ts';

// The clients' process: all subscribers of a trial. They count bytes; a few, spread over the order of connecting, decode.

const sampled = 5;
const connectingAtOnce = 32;

const readers: Readonly<Record<SubjectName, () => Promise<ConnectReader>>> = {
  source: async () => async () => {},
  floor: async () => connectFloor,
  ws: async () => connectBroadcast,
  json: async () => connectBroadcast,
  sse: async () => connectSse,
  'socket.io': async () => connectSocketIo,
  'sluice-ws': async () => (await import('./readers/sluice.ts')).connectSluiceWebSocket,
  'sluice-wt': async () => (await import('./readers/sluice.ts')).connectSluiceWebTransport,
  'sluice-sse': async () => (await import('./readers/sluice.ts')).connectSluiceSse,
};

const tally: Tally = { bytes: 0, sampledBytes: 0, sampledMessages: 0, sampledBatches: 0 };
const samples: Sample[] = [];

answer(async (request: ClientRequest) => {
  switch (request.type) {
    case 'connect': {
      const connect = await readers[request.subject]();
      const { subscribers, streams } = request.cell;
      const every = Math.max(1, (subscribers - 1) / (sampled - 1));
      const chosen = new Set(Array.from({ length: sampled }, (_, index) => Math.round(index * every)));
      let next = 0;
      const connectSome = async (): Promise<void> => {
        while (next < subscribers) {
          const index = next++;
          const sample = chosen.has(index) ? new Sample(tally, streams) : undefined;
          if (sample !== undefined) samples.push(sample);
          await connect(request.endpoint, request.cell, tally, sample);
        }
      };
      await Promise.all(Array.from({ length: connectingAtOnce }, connectSome));
      return undefined;
    }
    case 'mark': {
      const { user, system } = process.cpuUsage();
      return { atMs: nowMs(), ...tally, cpuMicros: user + system } satisfies ClientMark;
    }
    case 'collect':
      return { receivedAt: samples.map((sample) => sample.receivedAt) } satisfies ClientRecord;
  }
});
