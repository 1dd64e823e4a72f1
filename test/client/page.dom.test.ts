import { afterEach, expect, test, vi } from 'vitest';
import { recallTransport, rememberTransport } from '../../src/client/remember.ts';
import { watchSignals } from '../../src/client/signals.ts';

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

test('[CN15] the winner is remembered per origin until it expires', () => {
  rememberTransport('https://relay.example/some/path', { winner: 'websocket', expiresAt: 1000 });
  expect(recallTransport('https://relay.example/', 999)).toEqual({ winner: 'websocket', expiresAt: 1000 });
  expect(recallTransport('https://relay.example/', 1000)).toBeUndefined();
  expect(recallTransport('https://other.example/', 0)).toBeUndefined();
});

test('[CN15] a storage that is full, denied or filled with something else is no memory, and no error', () => {
  localStorage.setItem('sluice:transport:https://relay.example', '{"winner":"carrier pigeon","expiresAt":9e9}');
  expect(recallTransport('https://relay.example/', 0)).toBeUndefined();
  localStorage.setItem('sluice:transport:https://relay.example', 'not JSON');
  expect(recallTransport('https://relay.example/', 0)).toBeUndefined();
  const denied = (): never => {
    throw new DOMException('denied', 'SecurityError');
  };
  vi.spyOn(globalThis, 'localStorage', 'get').mockImplementation(denied);
  expect(recallTransport('https://relay.example/', 0)).toBeUndefined();
  expect(() => rememberTransport('https://relay.example/', { winner: 'sse', expiresAt: 1 })).not.toThrow();
});

test('[CN16] the receiver is told of the network, of visibility and of a page that comes back', () => {
  const told: string[] = [];
  const stop = watchSignals((signal) => told.push(signal));
  const state = vi.spyOn(document, 'visibilityState', 'get');
  window.dispatchEvent(new Event('offline'));
  window.dispatchEvent(new Event('online'));
  for (const visibility of ['hidden', 'visible'] as const) {
    state.mockReturnValue(visibility);
    document.dispatchEvent(new Event('visibilitychange'));
  }
  document.dispatchEvent(new Event('freeze'));
  document.dispatchEvent(new Event('resume'));
  for (const persisted of [false, true]) window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
  expect(told).toEqual(['offline', 'online', 'hidden', 'visible', 'frozen', 'resumed', 'resumed']);
  stop();
  window.dispatchEvent(new Event('online'));
  expect(told.length).toBe(7);
});

test('[CN16] a page that starts hidden and offline says so at once', () => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  const told: string[] = [];
  watchSignals((signal) => told.push(signal))();
  expect(told).toEqual(['offline', 'hidden']);
});
