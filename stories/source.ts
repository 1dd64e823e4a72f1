import { useState } from 'react';
import { type ScriptOptions, scriptedEvents } from '../server/providers/script.ts';
import type { StreamEvent } from '../src/wire/index.ts';

/** A seeded answer, as fast as possible unless a rate is given, made once per mount: a local source is read once. */
export function useScript(options: ScriptOptions = {}, model: string = 'scripted-plain'): AsyncIterable<StreamEvent> {
  return useState(() => scriptedEvents({ seed: 7, tokens: 160, rate: 0, ...options }, { model }))[0];
}

/** Exactly these events, made once per mount. With `open` the stream never ends. */
export function useEvents(events: readonly StreamEvent[], open?: 'open'): AsyncIterable<StreamEvent> {
  return useState(() => replay(events, open === 'open'))[0];
}

async function* replay(events: readonly StreamEvent[], open: boolean): AsyncGenerator<StreamEvent, void> {
  yield* events;
  if (open) await new Promise(() => {});
}

export const start: StreamEvent = { type: 'start', provider: 'scripted', model: 'scripted-plain', createdAt: Date.UTC(2026, 0, 1) };

export function text(...deltas: string[]): StreamEvent[] {
  return deltas.map((delta) => ({ type: 'text', part: 't0', delta }));
}

export const paragraph = [
  'Backpressure is a signal that travels against the data. ',
  'A reader that falls behind says so, and the writer waits; ',
  'nothing is dropped, and nobody else is slowed.\n\n',
  'Three places can apply it: the socket, the worker, and the page itself.',
];
