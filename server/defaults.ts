import type { Provider } from './providers/provider.ts';
import { createScripted } from './providers/scripted.ts';

/** The providers a relay has unless told otherwise. */
export function defaultProviders(): Provider[] {
  return [createScripted()];
}
