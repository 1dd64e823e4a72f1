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
  machine.pass(1_500);
  expect(machine.said()).toEqual(['close:1', 'down:1']);
});

/** Answers every ping after `delayMs`, for so long. */
function answering(machine: Machine, delayMs: number, forMs: number): void {
  for (const end = machine.now + forMs; machine.now < end; ) {
    machine.pass(50);
    const ping = machine.take().find((effect) => effect.type === 'ping');
    if (ping === undefined) continue;
    machine.pass(delayMs);
    if (machine.state.live === undefined) return;
    machine.on({ type: 'heard', attempt: ping.attempt });
    machine.on({ type: 'pong', attempt: ping.attempt, nonce: ping.nonce });
  }
}

test('[CN19] a second of silence where streams are awaited is asked about, and given up after one and a half more', () => {
  const machine = new Machine();
  machine.connect('webtransport');
  machine.on({ type: 'awaiting', streams: true });
  machine.pass(999);
  expect(machine.said()).toEqual([]);
  machine.pass(1);
  expect(machine.said()).toEqual(['ping:1']);
  machine.pass(1_499);
  expect(machine.said()).toEqual([]);
  machine.pass(1);
  expect(machine.said()).toEqual(['close:1', 'down:1']);
  expect(machine.report.error).toMatchObject({ code: 'heartbeat_timeout', message: expect.stringContaining('2500 ms') });
});

test('[CN19] [CN7] where nothing is awaited, or nobody sees the page, silence is for the heartbeat', () => {
  for (const signal of ['awaiting', 'hidden'] as const) {
    const machine = new Machine();
    machine.connect('webtransport');
    if (signal === 'hidden') {
      machine.on({ type: 'awaiting', streams: true });
      machine.on({ type: 'signal', signal });
    }
    machine.pass(7_499);
    expect(machine.said()).toEqual([]);
    machine.pass(17_500);
    expect(machine.said()).toEqual(['ping:1', 'ping:1', 'ping:1']);
    machine.pass(1);
    expect(machine.said()).toEqual(['close:1', 'down:1']);
  }
});

test('[CN19] a relay that thinks long but answers is left alone', () => {
  const machine = new Machine();
  machine.connect('webtransport');
  machine.on({ type: 'awaiting', streams: true });
  answering(machine, 300, 120_000);
  expect(machine.report).toMatchObject({ status: 'connected', roundTripMs: 300 });
});

test('[CN19] a way that is slow is given more time after each loss, and four round trips', () => {
  const machine = new Machine({ transport: 'websocket' });
  machine.random = 0;
  const lost: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    if (round === 0) machine.connect('websocket');
    else {
      machine.discovered();
      machine.opened('websocket');
      machine.welcomed();
    }
    machine.on({ type: 'awaiting', streams: true });
    machine.take();
    const since = machine.now;
    while (machine.state.phase === 'connected') machine.pass(10);
    lost.push(machine.now - since);
    machine.on({ type: 'awaiting', streams: false });
    machine.pass(0);
  }
  expect(lost).toEqual([2_500, 4_000, 7_000, 13_000, 13_000]);
  // 2 s of round trip: four of them are waited for.
  const slow = new Machine({ transport: 'websocket' });
  slow.connect('websocket');
  slow.state = { ...slow.state, roundTripMs: 2_000 };
  slow.on({ type: 'awaiting', streams: true });
  answering(slow, 7_900, 60_000);
  expect(slow.report.status).toBe('connected');
});

test('[CN19] a timer that comes late, because the thread was busy, gives up nothing before what had arrived is looked at', () => {
  const machine = new Machine();
  machine.connect('webtransport');
  machine.on({ type: 'awaiting', streams: true });
  machine.pass(1_000);
  machine.take();
  machine.now += 3_000;
  machine.on({ type: 'tick' });
  expect(machine.said()).toEqual(['ping:1']);
  machine.on({ type: 'heard', attempt: 1 });
  machine.pass(900);
  expect(machine.said()).toEqual([]);
  // Asleep for longer than a heartbeat may be missing: there is nothing to ask any more.
  machine.now += 60_000;
  machine.on({ type: 'tick' });
  expect(machine.said()).toEqual(['close:1', 'down:1']);
});

test('[CN19] [CN14] after silence WebTransport has no head start: WebSocket begins beside it', () => {
  const machine = new Machine();
  machine.connect('webtransport');
  machine.on({ type: 'awaiting', streams: true });
  machine.random = 0;
  machine.pass(2_500);
  expect(machine.said()).toEqual(['ping:1', 'close:1', 'down:1', 'discover']);
  machine.discovered();
  expect(machine.said()).toEqual(['open:webtransport', 'open:websocket']);
  machine.opened('websocket');
  machine.welcomed();
  machine.on({ type: 'awaiting', streams: false });
  machine.pass(4_500);
  expect(machine.report).toMatchObject({ transport: 'websocket', remember: { winner: 'websocket' } });
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
