import { expect, test } from 'vitest';
import { Machine } from './machine.ts';

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
