/** So many clients in a process of their own: `herd.clients.ts <url> <transport> <channel>…`, one client a channel. Reports when asked. */
import { emptyFold, foldEntries, foldedText } from '../../src/wire/index.ts';
import type { TransportName } from '../../src/worker/messages.ts';
import { createReceiver } from '../../src/worker/receiver.ts';

/** One client as it is now. */
export interface HerdClient {
  readonly connection: string;
  /** When it was last connected, ms since the Unix epoch. */
  readonly connectedAt: number;
  readonly connections: number;
  readonly status: string;
  readonly code: string | undefined;
  readonly text: string;
  /** Events that did not follow what was there. */
  readonly faults: number;
}

const [, , url = '', transport = 'websocket', ...channels] = process.argv;
const clients = channels.map((channel) => start(channel));

process.on('message', () => process.send?.(clients.map((report) => report())));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

function start(channel: string): () => HerdClient {
  let fold = emptyFold();
  let [connection, connectedAt, connections, faults] = ['idle', 0, 0, 0];
  const receiver = createReceiver((message) => {
    if (message.type === 'connection') {
      if (message.status === 'connected' && connection !== 'connected') {
        connectedAt = Date.now();
        connections += 1;
      }
      connection = message.status;
    }
    if (message.type !== 'patch') return;
    for (const { reset, entries } of message.changes) {
      if (reset !== undefined) fold = emptyFold();
      for (const entry of entries) {
        if (entry.fromSeq !== fold.seq + 1) faults += 1;
        foldEntries(fold, [entry]);
      }
    }
    queueMicrotask(() => receiver.receive({ type: 'applied', patch: message.patch }));
  });
  receiver.receive({
    type: 'configure',
    url,
    transport: transport as TransportName,
    options: {
      maxBufferBytes: 262_144,
      maxStalenessMs: 150,
      patchIntervalMs: 8,
      attemptTimeoutMs: 4_500,
      fallbackDelayMs: 500,
      rememberMs: 600_000,
    },
  });
  receiver.receive({ type: 'attach', key: 1, channel, afterSeq: 0 });
  return () => ({ connection, connectedAt, connections, status: fold.status, code: fold.error?.code, text: foldedText(fold), faults });
}
