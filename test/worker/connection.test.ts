import { expect, test } from 'vitest';
import { Machine } from './machine.ts';

test('[CN16] delays are random below a bound that doubles up to 30 s, and begin anew after a connection that stood', () => {
  const machine = new Machine({ transport: 'websocket' });
  machine.random = 1;
  machine.on({ type: 'start' });
  const waits: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    machine.discovered();
    machine.ended('websocket', 'refused');
    waits.push(machine.state.deadline - machine.now);
    machine.pass(waits.at(-1) ?? 0);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  machine.discovered();
  machine.opened('websocket');
  machine.welcomed();
  machine.pass(5_000);
  machine.ended('websocket', 'lost');
  expect(machine.state.deadline - machine.now).toBe(500);
  expect(machine.report.status).toBe('reconnecting');
});

test('[CN16] coming online or being seen ends the wait, but not one the relay asked for', () => {
  for (const signal of ['online', 'visible', 'resumed'] as const) {
    const machine = new Machine();
    machine.connect('websocket');
    machine.ended('websocket', 'lost');
    machine.on({ type: 'signal', signal });
    expect(machine.said()).toEqual(['down:1', 'discover']);
  }
  const asked = new Machine();
  asked.connect('websocket');
  const failure = { code: 'too_many_connections', message: 'later', retryable: true, retryAfterMs: 3_000 } as const;
  asked.on({ type: 'refused', attempt: 1, failure });
  asked.take();
  asked.on({ type: 'signal', signal: 'online' });
  expect(asked.said()).toEqual([]);
  asked.pass(3_250);
  expect(asked.said()).toEqual(['discover']);
});

test('[CN16] the state is offline while the browser is, and tries all the same', () => {
  const machine = new Machine();
  machine.connect('websocket');
  machine.on({ type: 'signal', signal: 'offline' });
  expect(machine.report.status).toBe('connected');
  machine.ended('websocket', 'lost');
  expect(machine.report.status).toBe('offline');
  machine.take();
  machine.pass(500);
  expect(machine.said()).toEqual(['discover']);
});

test('[CN20] a frozen page lets go of its connection and wants none, until it is resumed or seen: then at once', () => {
  for (const signal of ['resumed', 'visible'] as const) {
    const machine = new Machine();
    machine.connect('websocket');
    machine.on({ type: 'signal', signal: 'frozen' });
    expect(machine.said()).toEqual(['close:1', 'down:1']);
    machine.on({ type: 'signal', signal: 'online' });
    machine.on({ type: 'credentials' });
    machine.on({ type: 'start' });
    machine.pass(3_600_000);
    expect(machine.said()).toEqual([]);
    machine.on({ type: 'signal', signal });
    expect(machine.said()).toEqual(['discover']);
  }
});

test('[CN20] a page frozen while it connects, or waits to, begins anew when it is resumed', () => {
  for (const phase of ['preparing', 'racing', 'waiting']) {
    const machine = new Machine({ asksCredentials: phase === 'preparing' });
    machine.on({ type: 'start' });
    if (phase !== 'preparing') machine.discovered();
    if (phase === 'waiting') for (const transport of ['webtransport', 'websocket', 'sse'] as const) machine.ended(transport, 'no');
    machine.on({ type: 'signal', signal: 'frozen' });
    machine.take();
    machine.on({ type: 'credentials' });
    machine.pass(3_600_000);
    expect([phase, ...machine.said()]).toEqual([phase]);
    machine.on({ type: 'signal', signal: 'resumed' });
    expect(machine.said()[0]).toBe('discover');
  }
});

test('[CN9] a drain lets everything go on until its moment, then connects anew', () => {
  const machine = new Machine();
  machine.connect('websocket');
  machine.on({ type: 'drain', attempt: 1, retryAfterMs: 1_000, spreadMs: 2_000 });
  machine.pass(1_999);
  expect(machine.said()).toEqual([]);
  machine.pass(1);
  expect(machine.said()).toEqual(['close:1', 'down:1', 'discover']);
});

test('[CN9] of several drains the earliest moment counts, whichever comes first', () => {
  for (const moments of [
    [2_000, 9_000],
    [9_000, 2_000],
  ]) {
    const machine = new Machine();
    machine.connect('websocket');
    for (const retryAfterMs of moments) machine.on({ type: 'drain', attempt: 1, retryAfterMs, spreadMs: 0 });
    machine.pass(1_999);
    expect(machine.said()).toEqual([]);
    machine.pass(1);
    expect(machine.said()).toEqual(['close:1', 'down:1', 'discover']);
  }
});

test('[CN9] a relay that is gone before the drain’s moment is not asked earlier', () => {
  const machine = new Machine();
  machine.connect('websocket');
  machine.on({ type: 'drain', attempt: 1, retryAfterMs: 1_000, spreadMs: 2_000 });
  machine.ended('websocket', 'closed');
  machine.take();
  machine.pass(1_999);
  expect(machine.said()).toEqual([]);
  machine.pass(251);
  expect(machine.said()).toEqual(['discover']);
});

test('[CN13] an SSE response the relay ended is followed by another, without discovery and without a word to the page', () => {
  const machine = new Machine();
  machine.connect('sse');
  machine.pass(60_000 / 3);
  machine.on({ type: 'heard', attempt: 1 });
  machine.take();
  machine.ended('sse');
  expect(machine.said()).toEqual(['down:1', 'open:sse']);
  expect(machine.report).toMatchObject({ status: 'connected', transport: 'sse' });
  machine.opened('sse');
  machine.welcomed();
  expect(machine.report).toMatchObject({ status: 'connected', transport: 'sse', attempt: 0 });
  // One that ends at once is a loss: no hot loop.
  machine.ended('sse');
  expect(machine.report.status).toBe('reconnecting');
});

test('[CN2] another protocol version is final', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.on({ type: 'discovery-failed', round: 1, failure: { code: 'protocol_version', message: 'v2', retryable: false } });
  expect(machine.report).toMatchObject({ status: 'failed', error: { code: 'protocol_version' } });
});

test('[CN17] events of an earlier attempt or round change nothing', () => {
  const machine = new Machine();
  machine.connect('websocket');
  machine.ended('websocket', 'lost');
  machine.pass(500);
  machine.discovered();
  machine.take();
  const before = machine.state;
  machine.on({ type: 'opened', attempt: 1 });
  machine.on({ type: 'ended', attempt: 1, failure: undefined });
  machine.on({ type: 'welcomed', attempt: 1, heartbeatMs: 1 });
  machine.on({ type: 'refused', attempt: 1, failure: { code: 'bad_frame', message: '', retryable: false } });
  machine.on({ type: 'drain', attempt: 1, retryAfterMs: 0, spreadMs: 0 });
  machine.on({ type: 'discovered', round: 1, unavailable: { sse: { reason: 'failed', message: 'no' } } });
  expect(machine.said()).toEqual([]);
  expect(machine.state).toEqual(before);
});

test('[CN17] closing ends everything and is final', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.discovered();
  machine.pass(500);
  machine.take();
  machine.on({ type: 'close' });
  expect(machine.said()).toEqual(['close:1', 'close:2']);
  machine.on({ type: 'start' });
  machine.pass(100_000);
  expect(machine.said()).toEqual([]);
  expect(machine.report.status).toBe('closed');
});
