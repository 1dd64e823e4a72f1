import { setTimeout as delay } from 'node:timers/promises';

const ATTEMPTS = 3;

/** Asks the relay past all faults. All that is asked is idempotent, and a connection kept alive may end just when it is used again. */
export async function askRelay(port: number | undefined, path: string, init: RequestInit = {}): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(`http://127.0.0.1:${port}${path}`, init);
    } catch (cause) {
      if (attempt === ATTEMPTS) throw cause;
      await delay(50);
    }
  }
}
