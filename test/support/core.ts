import { onTestFinished } from 'vitest';
import { createMemoryStorage, type LogStorage, type MemoryStorageOptions } from '../../server/log/index.ts';
import type { Provider } from '../../server/providers/provider.ts';
import type { RelayOptions } from '../../server/relay/options.ts';
import { createRelayCore, type RelayCore } from '../../server/relay/relay.ts';

/** A relay without sockets, closed when the test ends. */
export function startCore(
  options: RelayOptions = {},
  parts: {
    providers?: readonly Provider[];
    storage?: MemoryStorageOptions | LogStorage;
    /** Both of the relay's clocks. */
    now?: () => number;
  } = {},
): RelayCore {
  const { providers = [], storage = {}, now } = parts;
  const core = createRelayCore(options, {
    storage: 'create' in storage ? storage : createMemoryStorage(storage, now),
    providers,
    ...(now === undefined ? {} : { date: now, now }),
  });
  onTestFinished(() => core.close());
  return core;
}

/** A turn of the event loop later: what was said has been heard. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
