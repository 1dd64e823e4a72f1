import { onTestFinished } from 'vitest';
import { createRelay, type Relay, type RelayServerOptions } from '../../server/index.ts';
import { createScripted } from '../../server/providers/index.ts';

/** A relay on a free port of loopback, closed when the test ends. */
export async function startRelay(
  options: RelayServerOptions = {},
): Promise<{ readonly relay: Relay; readonly url: string; readonly port: number }> {
  const relay = createRelay({ providers: [createScripted()], ...options });
  onTestFinished(() => relay.close());
  const { url, port } = await relay.listen({ port: 0 });
  return { relay, url, port };
}
