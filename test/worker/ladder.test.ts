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
