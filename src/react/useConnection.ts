import { useSyncExternalStore } from 'react';
import type { SluiceState } from '../client.ts';
import { useSluice } from './provider/context.ts';

/** The client's connection: status, transport, attempts, last error, round trip. Renders when one of them changes. */
export function useConnection(): SluiceState['connection'] {
  const { store } = useSluice();
  return useSyncExternalStore(
    store.subscribe,
    () => store.getState().connection,
    () => store.getInitialState().connection,
  );
}
