import { WebTransport } from 'rwebtransport';
import { onTestFinished } from 'vitest';

/** The WebTransport sessions of one test, so that it can cut them. */
export function cuttable(): { readonly env: { WebTransport: typeof globalThis.WebTransport }; cut(): void } {
  const sessions: WebTransport[] = [];
  class Recorded extends WebTransport {
    constructor(...args: ConstructorParameters<typeof WebTransport>) {
      super(...args);
      sessions.push(this);
      this.closed.catch(() => {});
      this.ready.catch(() => {});
    }
  }
  const cut = (): void => {
    for (const session of sessions) session.close();
  };
  onTestFinished(cut);
  return { env: { WebTransport: Recorded as unknown as typeof globalThis.WebTransport }, cut };
}
