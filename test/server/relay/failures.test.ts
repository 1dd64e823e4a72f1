import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { MAX_WAITING, withFailureLimit } from '../../../server/relay/failures.ts';
import type { AuthenticateInput, Principal, RelayOptions } from '../../../server/relay/options.ts';
import { resolveRelayOptions } from '../../../server/relay/options.ts';
import { MAX_KEYS } from '../../../server/relay/recent.ts';

interface Tried {
  /** One attempt: `asked` where the app was, else the code. */
  attempt(remoteAddress: string, more?: { credentials?: string; headers?: Record<string, string> }): Promise<string>;
  pass(ms: number): void;
  /** Credentials that are refused from now on. */
  readonly signedOut: Set<string>;
}

/** An app that lets in `right` only, and whose database `fails` now and then. */
function relayThat(options: RelayOptions = {}): Tried {
  let now = 0;
  const signedOut = new Set<string>();
  const app = vi.fn(({ credentials }: AuthenticateInput): Principal | undefined => {
    if (credentials === 'fails') throw new Error('no database');
    return credentials === 'right' && !signedOut.has(credentials) ? { id: 'ada' } : undefined;
  });
  const { authenticate } = withFailureLimit(
    resolveRelayOptions({ maxAuthFailuresPerSecond: 5, ...options, authenticate: async (input) => app(input) }),
    () => now,
  );
  return {
    signedOut,
    pass(ms) {
      now += ms;
    },
    async attempt(remoteAddress, { credentials = 'wrong', headers = {} } = {}) {
      const before = app.mock.calls.length;
      try {
        await authenticate({ credentials, headers: new Headers(headers), origin: undefined, remoteAddress, transport: 'http' });
      } catch (cause) {
        if ((cause as { code?: string }).code !== undefined) return String((cause as { code?: string }).code);
      }
      return app.mock.calls.length > before ? 'asked' : 'silence';
    },
  };
}

/** What becomes of one caller's credentials: who it is, or why not. */
function relayWith(options: RelayOptions): { ask(remoteAddress: string, credentials: string): Promise<string>; pass(ms: number): void } {
  let now = 0;
  const { authenticate } = withFailureLimit(resolveRelayOptions(options), () => now);
  return {
    pass(ms) {
      now += ms;
    },
    async ask(remoteAddress, credentials) {
      try {
        const input = { credentials, headers: new Headers(), origin: undefined, remoteAddress, transport: 'http' } as const;
        return (await authenticate(input))?.id ?? 'refused';
      } catch (cause) {
        const { code, message } = cause as { code?: string; message: string };
        return code ?? message;
      }
    },
  };
}

async function times(count: number, attempt: () => Promise<string>): Promise<string[]> {
  const answers: string[] = [];
  for (let index = 0; index < count; index += 1) answers.push(await attempt());
  return answers;
}

const asked = (count: number): string[] => Array<string>(count).fill('asked');

describe('[RL20] credentials that are refused', () => {
  test('a burst of twice the rate is looked at, and one more is rate_limited, right or wrong, until some have come back', async () => {
    const { attempt, pass } = relayThat();
    expect(await times(10, () => attempt('192.0.2.1'))).toEqual(asked(10));
    expect(await attempt('192.0.2.1')).toBe('rate_limited');
    expect(await attempt('192.0.2.1', { credentials: 'right' })).toBe('rate_limited');
    expect(await attempt('192.0.2.2')).toBe('asked');
    pass(199);
    expect(await attempt('192.0.2.1')).toBe('rate_limited');
    pass(1);
    expect(await attempt('192.0.2.1', { credentials: 'right' })).toBe('asked');
    expect(await attempt('192.0.2.1')).toBe('asked');
    expect(await attempt('192.0.2.1')).toBe('rate_limited');
  });

  test('what was let in from there goes on being looked at, until it is refused', async () => {
    const { attempt, signedOut } = relayThat();
    await attempt('192.0.2.1', { credentials: 'right' });
    await times(10, () => attempt('192.0.2.1'));
    expect(await attempt('192.0.2.1', { credentials: 'right' })).toBe('asked');
    expect(await attempt('192.0.2.1', { credentials: 'right', headers: { cookie: 'session=1' } })).toBe('rate_limited');
    expect(await attempt('192.0.2.2', { credentials: 'right' })).toBe('asked');
    signedOut.add('right');
    expect(await attempt('192.0.2.1', { credentials: 'right' })).toBe('asked');
    expect(await attempt('192.0.2.1', { credentials: 'right' })).toBe('rate_limited');
  });

  test('who is let in, and what the app fails at, costs nothing', async () => {
    const { attempt } = relayThat();
    expect(await times(50, () => attempt('192.0.2.1', { credentials: 'right' }))).toEqual(asked(50));
    expect(await times(50, () => attempt('192.0.2.1', { credentials: 'fails' }))).toEqual(asked(50));
  });

  test('of many at once no more are looked at than may be refused, and the rest is not', async () => {
    const { attempt, pass } = relayThat();
    const answers = await Promise.all(Array.from({ length: 200 }, () => attempt('192.0.2.1')));
    expect(answers).toEqual([...asked(10), ...Array<string>(190).fill('rate_limited')]);
    pass(200);
    expect(await Promise.all([attempt('192.0.2.1'), attempt('192.0.2.1')])).toEqual(['asked', 'rate_limited']);
  });

  test('many at once who are right are let in in turn, and hold up no other address', async () => {
    const pending: (() => void)[] = [];
    const authenticate = vi.fn(() => new Promise<Principal>((resolve) => pending.push(() => resolve({ id: 'ada' }))));
    const { ask } = relayWith({ authenticate, maxAuthFailuresPerSecond: 5 });
    const crowd = Array.from({ length: 25 }, (_, index) => ask('192.0.2.1', `user ${index}`));
    for (const expected of [10, 20, 25]) {
      expect(authenticate).toHaveBeenCalledTimes(expected);
      for (const answer of pending.splice(0)) answer();
      await turn();
    }
    expect(await Promise.all(crowd)).toEqual(Array(25).fill('ada'));
    for (let index = 0; index < 11; index += 1) void ask('192.0.2.1', `late ${index}`);
    void ask('192.0.2.2', 'eve');
    expect(authenticate).toHaveBeenCalledTimes(25 + 10 + 1);
  });

  test('once half of what may be refused was, nobody waits: who guesses takes nobody else’s place', async () => {
    const pending: (() => void)[] = [];
    const authenticate = () => new Promise<undefined>((resolve) => pending.push(() => resolve(undefined)));
    const { ask } = relayWith({ authenticate, maxAuthFailuresPerSecond: 5 });
    const answers: string[] = [];
    for (let index = 0; index < 30; index += 1) void ask('192.0.2.1', `guess ${index}`).then((answer) => answers.push(answer));
    for (const expected of [1, 2, 3, 4, 5]) {
      pending.shift()?.();
      await turn();
      expect(answers).toEqual(Array(expected).fill('refused'));
    }
    pending.shift()?.();
    await turn();
    expect(answers.toSorted()).toEqual([...Array(20).fill('rate_limited'), ...Array(6).fill('refused')]);
    expect(pending).toHaveLength(4);
  });

  test('who waits waits no longer than the app may take, and so many at most', async () => {
    const pending: (() => void)[] = [];
    const hang = () => new Promise<Principal>((_, reject) => pending.push(() => reject(new Error('no database'))));
    const { ask, pass } = relayWith({ authenticate: hang, maxAuthFailuresPerSecond: 1, hookTimeoutMs: 300 });
    const asked = [1, 2].map((user) => ask('192.0.2.1', `user ${user}`));
    const waiting = Array.from({ length: MAX_WAITING }, (_, index) => ask('192.0.2.1', `late ${index}`));
    expect(await ask('192.0.2.1', 'one more')).toBe('rate_limited');
    pass(300);
    for (const answer of pending.splice(0)) answer();
    expect(await Promise.all(asked)).toEqual(['no database', 'no database']);
    expect(await Promise.all(waiting)).toEqual(Array(MAX_WAITING).fill('rate_limited'));
  });

  test('what was let in and is refused all the same is paid for by two seconds at most', async () => {
    const { attempt, pass, signedOut } = relayThat();
    const right = Array.from({ length: 200 }, (_, index) => ({ credentials: 'right', headers: { cookie: `${index}` } }));
    for (const one of right) await attempt('192.0.2.1', one);
    signedOut.add('right');
    expect(await Promise.all(right.map((one) => attempt('192.0.2.1', one)))).toEqual(asked(200));
    pass(2_000);
    expect(await attempt('192.0.2.1')).toBe('rate_limited');
    pass(200);
    expect(await attempt('192.0.2.1')).toBe('asked');
  });

  test('an IPv6 network is one caller, and an IPv4 address in either form', async () => {
    const { attempt } = relayThat();
    const hosts = ['1', '2', '3', '4', '5', '6', '7', '8', 'abcd', 'ffff'].values();
    expect(await times(10, () => attempt(`2001:db8::1:${hosts.next().value}`))).toEqual(asked(10));
    expect(await attempt('2001:0DB8:0:0:ffff::9')).toBe('rate_limited');
    expect(await attempt('2001:db8:0:1::1')).toBe('asked');
    await times(10, () => attempt('::ffff:192.0.2.1'));
    expect(await attempt('192.0.2.1')).toBe('rate_limited');
    expect(await attempt('fe80::1%eth0')).toBe('asked');
    expect(await attempt('64:ff9b::192.0.2.1')).toBe('asked');
  });

  test('where the address is unknown nobody is limited, since it would be everybody', async () => {
    const { attempt } = relayThat();
    expect(await times(50, () => attempt(''))).toEqual(asked(50));
  });

  test('behind a proxy that the relay was not told of, one client does not lock out the others', async () => {
    const { attempt } = relayThat();
    const [eve, ada] = ['203.0.113.1', '203.0.113.2'].map((client) => ({ headers: { 'x-forwarded-for': client } }));
    expect(await times(10, () => attempt('192.0.2.1', eve))).toEqual(asked(10));
    expect(await attempt('192.0.2.1', eve)).toBe('rate_limited');
    expect(await attempt('192.0.2.1', ada)).toBe('asked');
    expect(await attempt('192.0.2.1', { headers: { forwarded: 'for=203.0.113.1' } })).toBe('asked');
  });

  test('all behind one socket have ten times as much, whatever they write, one by one or at once', async () => {
    const { attempt } = relayThat();
    const lying = (index: number) => ({ headers: { 'x-forwarded-for': `198.51.100.${index}, 203.0.113.1` } });
    const answers = await Promise.all(Array.from({ length: 150 }, (_, index) => attempt('192.0.2.1', lying(index))));
    expect(answers.filter((answer) => answer === 'asked')).toHaveLength(100);
    expect(await attempt('192.0.2.1', lying(200))).toBe('rate_limited');
    expect(await attempt('192.0.2.2', lying(200))).toBe('asked');
  });

  test('behind proxies it was told of, what a client says of itself changes nothing', async () => {
    const { attempt } = relayThat({ trustedProxies: 1 });
    const lying = (lie: string) => ({ headers: { 'x-forwarded-for': `${lie}, 203.0.113.1` } });
    for (const lie of '0123456789') expect(await attempt('203.0.113.1', lying(lie))).toBe('asked');
    expect(await attempt('203.0.113.1', lying('x'))).toBe('rate_limited');
  });

  test('so many addresses are remembered, and the longest unused is forgotten first', async () => {
    const { attempt } = relayThat({ maxAuthFailuresPerSecond: 1 });
    const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
    for (let index = 0; index < MAX_KEYS; index += 1) await times(2, () => attempt(address(index)));
    expect(await attempt(address(0))).toBe('rate_limited');
    await attempt(address(MAX_KEYS));
    expect(await attempt(address(1))).toBe('rate_limited');
    expect(await attempt(address(0))).toBe('asked');
  });
});
