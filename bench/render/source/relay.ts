import type { Server } from 'node:http';
import type { StreamEvent } from '../../../src/wire/index.ts';
import { loadServer } from '../../kit.ts';
import type { Sink } from './emitter.ts';

/** A real relay with its defaults, on the server that serves the page: each stream an application's own iterable, named `bench-0` and on. */
export async function openRelay(server: Server, streams: number): Promise<Sink> {
  const { createRelay } = await loadServer();
  const relay = createRelay({ providers: [], webTransport: false });
  void relay.attach(server);
  const feeds = Array.from({ length: streams }, () => createFeed());
  for (const [index, { source }] of feeds.entries()) relay.streams.create({ id: `bench-${index}`, source });
  return {
    text: (stream, delta) => feeds[stream]?.push({ type: 'text', part: '0', delta }),
    end: (stream) => feeds[stream]?.push(undefined),
  };
}

/** What an application hands to the relay: events as they come, until `undefined`. */
function createFeed(): { readonly source: AsyncIterable<StreamEvent>; push(event: StreamEvent | undefined): void } {
  const queue: (StreamEvent | undefined)[] = [];
  let wake = (): void => {};
  return {
    source: {
      async *[Symbol.asyncIterator]() {
        for (;;) {
          if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          for (const event of queue.splice(0)) {
            if (event === undefined) return;
            yield event;
          }
        }
      },
    },
    push(event) {
      queue.push(event);
      wake();
    },
  };
}
