import { expect, test } from 'vitest';
import { Machine } from './machine.ts';

test('[CN14] WebTransport begins at once, WebSocket 500 ms later, and the first that is ready wins', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  expect(machine.said()).toEqual(['discover']);
  machine.discovered();
  expect(machine.said()).toEqual(['open:webtransport']);
  machine.pass(499);
  expect(machine.said()).toEqual([]);
  machine.pass(1);
  expect(machine.said()).toEqual(['open:websocket']);
  machine.opened('websocket');
  expect(machine.said()).toEqual(['greet:2']);
  expect(machine.report).toMatchObject({ status: 'connecting', transport: undefined });
  machine.welcomed();
  expect(machine.report).toMatchObject({ status: 'connected', transport: 'websocket' });
});

test('[CN14] WebTransport that wins closes the WebSocket under way', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.discovered();
  machine.pass(600);
  machine.take();
  machine.opened('webtransport');
  expect(machine.said()).toEqual(['close:2', 'greet:1']);
});

test('[CN14] when WebTransport fails WebSocket begins at once, and SSE when both have failed', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.discovered();
  machine.take();
  machine.ended('webtransport', 'refused');
  expect(machine.said()).toEqual(['open:websocket']);
  machine.ended('websocket', 'refused');
  expect(machine.said()).toEqual(['open:sse']);
});

test('[CN14] each attempt has its own cap, and a round in which nothing is ready ends', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.discovered();
  machine.pass(500);
  machine.take();
  machine.pass(4_000);
  expect(machine.said()).toEqual(['close:1']);
  machine.pass(500);
  expect(machine.said()).toEqual(['close:2', 'open:sse']);
  machine.pass(4_500);
  expect(machine.said().slice(0, 1)).toEqual(['close:3']);
  expect(machine.report).toMatchObject({ status: 'connecting', attempt: 1, error: { code: 'connect_failed' } });
});

test('[CN14] what is not offered or not wanted is never tried', () => {
  const offered = new Machine();
  offered.on({ type: 'start' });
  offered.discovered({ webtransport: 'The relay offers no WebTransport.' });
  expect(offered.said()).toEqual(['discover', 'open:websocket']);
  const wanted = new Machine({ transport: 'sse' });
  wanted.on({ type: 'start' });
  wanted.discovered();
  expect(wanted.said()).toEqual(['discover', 'open:sse']);
});

test('[CN14] a transport that opens and then says nothing makes way for the next', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.discovered();
  machine.opened('webtransport');
  machine.take();
  machine.pass(4_500);
  expect(machine.said()).toEqual(['close:1', 'down:1', 'open:websocket']);
});

test('[CN15] WebTransport that came second is closed and not remembered as lost', () => {
  const machine = new Machine();
  machine.on({ type: 'start' });
  machine.discovered();
  machine.pass(500);
  machine.opened('websocket');
  machine.welcomed();
  machine.take();
  machine.opened('webtransport');
  expect(machine.said()).toEqual(['close:1']);
  expect(machine.report.remember).toBeUndefined();
});

test('[CN15] WebTransport still under way when WebSocket wins is remembered as lost once it fails or runs out of time', () => {
  for (const end of ['fails', 'times out']) {
    const machine = new Machine();
    machine.on({ type: 'start' });
    machine.discovered();
    machine.pass(500);
    machine.opened('websocket');
    machine.welcomed();
    expect(machine.report.remember).toBeUndefined();
    if (end === 'fails') machine.ended('webtransport', 'no');
    else machine.pass(4_000);
    expect(machine.report.remember).toEqual({ winner: 'websocket', expiresAt: machine.now + 600_000 });
  }
});

test('[CN15] a remembered loss is not tried first until it expires, and keeps its expiry', () => {
  const remembered = { winner: 'websocket', expiresAt: 1_000 } as const;
  const machine = new Machine({}, remembered);
  machine.on({ type: 'start' });
  machine.discovered();
  expect(machine.said()).toEqual(['discover', 'open:websocket']);
  machine.opened('websocket');
  machine.welcomed();
  expect(machine.report.remember).toEqual(remembered);
  expect(machine.report.fallbackReason).toBe('webtransport failed here lately.');
  machine.now = 1_000;
  machine.ended('websocket', 'gone');
  machine.pass(500);
  machine.take();
  machine.discovered();
  expect(machine.said()).toEqual(['open:webtransport']);
});

test('[CN15] when the remembered way fails too, the next round tries everything', () => {
  const machine = new Machine({}, { winner: 'sse', expiresAt: 1_000_000 });
  machine.on({ type: 'start' });
  machine.discovered();
  expect(machine.said()).toEqual(['discover', 'open:sse']);
  machine.ended('sse', 'no');
  machine.pass(500);
  machine.discovered();
  expect(machine.said()).toEqual(['discover', 'open:webtransport']);
});

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

test('[CN7] a ping goes out in time, its answer is the round trip, and two and a half intervals of silence end the connection', () => {
  const machine = new Machine();
  machine.connect('websocket');
  machine.pass(7_500);
  expect(machine.take()).toEqual([{ type: 'ping', attempt: 1, nonce: 1 }]);
  machine.now += 40;
  machine.on({ type: 'heard', attempt: 1 });
  machine.on({ type: 'pong', attempt: 1, nonce: 1 });
  expect(machine.report.roundTripMs).toBe(40);
  machine.pass(24_999);
  expect(machine.report.status).toBe('connected');
  machine.take();
  machine.pass(1);
  expect(machine.said()).toEqual(['close:1', 'down:1']);
  expect(machine.report).toMatchObject({ status: 'reconnecting', error: { code: 'heartbeat_timeout' } });
});

test('[CN7] a page that is seen again asks at once whether the connection lives', () => {
  const machine = new Machine();
  machine.connect('websocket');
  machine.on({ type: 'signal', signal: 'visible' });
  expect(machine.said()).toEqual(['ping:1']);
  machine.on({ type: 'heard', attempt: 1 });
  machine.pass(4_500);
  expect(machine.said()).toEqual([]);
  machine.on({ type: 'signal', signal: 'online' });
  machine.take();
  machine.pass(4_500);
  expect(machine.said()).toEqual(['close:1', 'down:1']);
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
