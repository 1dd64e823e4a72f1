import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type HookName, withDeadlines } from '../../../server/relay/hooks.ts';
import { type AuthenticateInput, type RelayOptions, relayDefaults, resolveRelayOptions } from '../../../server/relay/options.ts';

const input: AuthenticateInput = {
  credentials: 'x',
  headers: new Headers(),
  origin: undefined,
  remoteAddress: '127.0.0.1',
  transport: 'http',
};
const ada = { id: 'ada' };
const { hookTimeoutMs } = relayDefaults;

function asked(options: RelayOptions): { late: HookName[]; ask(): unknown } {
  const late: HookName[] = [];
  const { authenticate } = withDeadlines(resolveRelayOptions(options), (hook) => late.push(hook));
  return { late, ask: () => authenticate(input) };
}

describe('[RL19] the deadline of a hook', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('an answer in the last millisecond counts, and leaves no timer behind', async () => {
    const { late, ask } = asked({ authenticate: () => new Promise((resolve) => setTimeout(resolve, hookTimeoutMs - 1, ada)) });
    const answer = ask();
    await vi.advanceTimersByTimeAsync(hookTimeoutMs - 1);
    await expect(answer).resolves.toBe(ada);
    expect(vi.getTimerCount()).toBe(0);
    expect(late).toEqual([]);
  });

  test('one that is a millisecond late does not, nor what is thrown then', async () => {
    const { late, ask } = asked({
      authenticate: () => new Promise((_, reject) => setTimeout(reject, hookTimeoutMs + 1, new Error('late'))),
    });
    const answer = expect(ask()).rejects.toMatchObject({ code: 'internal', retryable: true });
    await vi.advanceTimersByTimeAsync(hookTimeoutMs);
    await answer;
    await vi.advanceTimersByTimeAsync(1);
    expect(late).toEqual(['authenticate']);
  });

  test('what is thrown in time is what was thrown', async () => {
    const { late, ask } = asked({ authenticate: () => Promise.reject(new Error('no database')) });
    await expect(ask()).rejects.toThrow('no database');
    expect(vi.getTimerCount()).toBe(0);
    expect(late).toEqual([]);
  });

  test('who answers at once is not waited for', () => {
    expect(asked({ authenticate: () => ada }).ask()).toBe(ada);
    expect(asked({ authenticate: () => undefined }).ask()).toBeUndefined();
  });

  test('a promise of another realm or library is one, too', async () => {
    const foreign: Promise<typeof ada> = runInNewContext('Promise.resolve(ada)', { ada });
    expect(foreign).not.toBeInstanceOf(Promise);
    const answer = asked({ authenticate: () => foreign }).ask();
    expect(answer).toBeInstanceOf(Promise);
    await expect(answer).resolves.toBe(ada);
  });
});
