/** What the receiver needs from the platform, so that a test (or a page without workers) can give its own. */
export interface ReceiverEnv {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly fetch: typeof fetch;
  /** `undefined` where the platform has none: the ladder goes on to the next transport. */
  readonly WebSocket: typeof WebSocket | undefined;
  readonly WebTransport: typeof WebTransport | undefined;
}

export interface Clock {
  /** ms since the Unix epoch; never jumps back. */
  now(): number;
  /** Calls back once, after `delayMs` or later. Returns the cancellation. */
  setTimer(callback: () => void, delayMs: number): () => void;
}

/** The platform's own, looked up when called. Constructors are taken as they are at that moment. */
export function platformEnv(): ReceiverEnv {
  return {
    clock: {
      now: () => performance.timeOrigin + performance.now(),
      setTimer(callback, delayMs) {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
    },
    random: Math.random,
    fetch: (input, init) => fetch(input, init),
    WebSocket: typeof WebSocket === 'undefined' ? undefined : WebSocket,
    WebTransport: typeof WebTransport === 'undefined' ? undefined : WebTransport,
  };
}
