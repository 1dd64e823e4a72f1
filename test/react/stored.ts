import type { StreamHandle } from '../../src/client.ts';
import { createStreamStore, type StreamStore } from '../../src/store/index.ts';

/** A stream in a store of its own, whose changes are the test's, and a panel's handle of it. */
export function openStored(): { readonly store: StreamStore; readonly handle: StreamHandle } {
  const store = createStreamStore({ maxIdleStreams: 10, maxIdleBytes: 1e6, onEvict: () => {}, now: () => 1 });
  const handle: StreamHandle = {
    key: 1,
    record: store.create(1, 'a'),
    tell: () => {},
    subscribe: (listener) => store.subscribe(1, listener),
    stop: () => Promise.resolve(),
    release: () => {},
  };
  return { store, handle };
}
