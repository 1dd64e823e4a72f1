import { StreamError } from '../../src/wire/index.ts';
import type { ResolvedRelayOptions } from './options.ts';

/** What the app decides. */
export type HookName = 'authenticate' | 'authorize' | 'admit';

/**
 * The same options, with hooks that answer within `hookTimeoutMs` or reject with `internal`, since it is no fault of the client's
 * (docs/PROTOCOL.md, RL19). What a hook says or throws later is dropped. One that answers at once still does.
 */
export function withDeadlines(options: ResolvedRelayOptions, late: (hook: HookName) => void): ResolvedRelayOptions {
  const { authenticate, authorize, admit, hookTimeoutMs } = options;
  const timed =
    <In extends unknown[], Out>(name: HookName, hook: (...input: In) => Out | Promise<Out>) =>
    (...input: In): Out | Promise<Out> => {
      const answer = hook(...input);
      if (!isPromise(answer)) return answer;
      return inTime(answer, hookTimeoutMs, () => {
        late(name);
        return new StreamError('internal', `The relay’s ${name} did not answer within ${hookTimeoutMs} ms. Nothing was done. Try again.`, {
          retryAfterMs: RETRY_AFTER_MS,
        });
      });
    };
  return {
    ...options,
    authenticate: timed('authenticate', authenticate),
    authorize: timed('authorize', authorize),
    admit: timed('admit', admit),
  };
}

/** What hangs is seldom well again at once. */
const RETRY_AFTER_MS = 1_000;

/** Also one of another library’s. */
function isPromise<T>(answer: T | PromiseLike<T>): answer is PromiseLike<T> {
  return typeof (answer as Partial<PromiseLike<T>> | null | undefined)?.then === 'function';
}

function inTime<T>(answer: PromiseLike<T>, timeoutMs: number, late: () => StreamError): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timeoutMs).unref();
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (cause: unknown) => {
        clearTimeout(timer);
        reject(cause);
      },
    );
  });
}
