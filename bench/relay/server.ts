import { answer } from '../child.ts';
import { nowMs } from '../clock.ts';
import { type Arrivals, createArrivals } from './arrival.ts';
import type { ServerMark, ServerRecord, ServerRequest } from './messages.ts';
import { startProfile, writeProfile } from './profile.ts';
import type { SubjectName } from './scenario.ts';
import type { StartSubject, Subject } from './subjects/subject.ts';

// The server's process: one subject, and the source it is fed by. Only this process's CPU time is counted.

const loaders: Readonly<Record<SubjectName, () => Promise<StartSubject>>> = {
  source: async () => async () => ({ endpoint: { port: 0 }, publish: () => {} }),
  floor: async () => (await import('./subjects/floor.ts')).startFloor,
  ws: async () => (await import('./subjects/broadcast.ts')).startBroadcast,
  json: async () => (await import('./subjects/broadcast.ts')).startJson,
  sse: async () => (await import('./subjects/sse.ts')).startSse,
  'socket.io': async () => (await import('./subjects/socketio.ts')).startSocketIo,
  'sluice-ws': async () => (await import('./subjects/sluice.ts')).startSluice,
  'sluice-wt': async () => (await import('./subjects/sluice.ts')).startSluice,
  'sluice-sse': async () => (await import('./subjects/sluice.ts')).startSluice,
};

let subject: Subject | undefined;
let arrivals: Arrivals | undefined;

answer(async (request: ServerRequest) => {
  switch (request.type) {
    case 'start': {
      const start = await loaders[request.subject]();
      subject = await start(request.cell);
      arrivals = createArrivals(request.cell.streams, request.durationMs);
      return subject.endpoint;
    }
    case 'arrive': {
      const { publish } = subject as Subject;
      arrivals?.begin(publish);
      return undefined;
    }
    case 'mark': {
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      return { atMs: nowMs(), cpuMicros: user + system, rssBytes: rss, heapBytes: heapUsed } satisfies ServerMark;
    }
    case 'collect': {
      const { appendedAt, dueAt } = arrivals as Arrivals;
      return { appendedAt, dueAt } satisfies ServerRecord;
    }
    case 'profile':
      if (request.file === undefined) await startProfile();
      else await writeProfile(request.file);
      return undefined;
  }
});
