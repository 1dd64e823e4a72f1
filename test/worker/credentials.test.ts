import { expect, test } from 'vitest';
import { Machine } from './machine.ts';

test('[CN3] a refusal before the welcome is final, until there are new credentials', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.discovered();
  machine.opened('webtransport');
  machine.take();
  machine.on({ type: 'refused', attempt: 1, failure: { code: 'unauthenticated', message: 'no', retryable: false } });
  expect(machine.said()).toEqual(['close:1', 'down:1']);
  expect(machine.report.status).toBe('failed');
  machine.pass(100_000);
  machine.on({ type: 'signal', signal: 'online' });
  expect(machine.said()).toEqual([]);
  machine.on({ type: 'credentials' });
  expect(machine.said()).toEqual(['discover']);
});

test('[CN5] new credentials of a running connection are sent in-band', () => {
  const machine = new Machine();
  machine.connect('websocket');
  machine.on({ type: 'credentials' });
  expect(machine.said()).toEqual(['refresh:1']);
});

test('[CN3] credentials are asked for in each round, and awaited no longer than an attempt', () => {
  const machine = new Machine({ asksCredentials: true });
  machine.on({ type: 'start' });
  expect(machine.said()).toEqual(['discover', 'ask-credentials']);
  machine.discovered();
  expect(machine.said()).toEqual([]);
  machine.on({ type: 'credentials' });
  expect(machine.said()).toEqual(['open:webtransport']);
  const late = new Machine({ asksCredentials: true });
  late.on({ type: 'start' });
  late.discovered();
  late.pass(4_500);
  expect(late.report.error?.message).toContain('credentials');
  late.take();
  late.on({ type: 'credentials' });
  expect(late.said()).toEqual(['discover']);
});

test('[CN21] credentials of a function that are refused are asked for once more, and then it is final', () => {
  const machine = new Machine({ asksCredentials: true });
  machine.random = 0;
  const refuse = (): void => {
    machine.on({ type: 'credentials' });
    machine.discovered();
    machine.opened('webtransport');
    machine.on({
      type: 'refused',
      attempt: machine.state.live?.id ?? 0,
      failure: { code: 'unauthenticated', message: 'no', retryable: false },
    });
  };
  machine.on({ type: 'start' });
  refuse();
  expect(machine.report).toMatchObject({ status: 'connecting', error: { code: 'unauthenticated' } });
  machine.pass(0);
  expect(machine.said().filter((effect) => effect === 'ask-credentials')).toHaveLength(2);
  refuse();
  expect(machine.report).toMatchObject({ status: 'failed', error: { code: 'unauthenticated' } });
  machine.take();
  machine.pass(3_600_000);
  expect(machine.said()).toEqual([]);
});

test('[CN21] a connection that failed for good is revived by new credentials, and, where they come from a function, by the next sign of the user', () => {
  const failed = (asksCredentials: boolean): Machine => {
    const machine = new Machine({ asksCredentials });
    machine.on({ type: 'start' });
    machine.on({ type: 'discovery-failed', round: 1, failure: { code: 'origin_refused', message: 'no', retryable: false } });
    expect(machine.report.status).toBe('failed');
    machine.take();
    return machine;
  };
  const events = [
    { type: 'signal', signal: 'online' },
    { type: 'signal', signal: 'visible' },
    { type: 'signal', signal: 'resumed' },
    { type: 'start' },
  ] as const;
  for (const event of events) {
    const asked = failed(true);
    asked.on(event);
    expect(asked.said()).toEqual(['discover', 'ask-credentials']);
    const fixed = failed(false);
    fixed.on(event);
    expect(fixed.said()).toEqual([]);
    fixed.on({ type: 'credentials' });
    expect(fixed.said()).toEqual(['discover']);
  }
});

test('[CN21] a credentials function that fails is said at once, and asked again', () => {
  const machine = new Machine({ asksCredentials: true });
  machine.on({ type: 'start' });
  machine.discovered();
  machine.on({ type: 'credentials-failed' });
  expect(machine.report).toMatchObject({ status: 'connecting', error: { code: 'unauthenticated', retryable: true } });
  machine.take();
  machine.pass(500);
  expect(machine.said()).toEqual(['discover', 'ask-credentials']);
});
