import { channelStream, isTerminal, type StreamEvent } from '../../src/wire/index.ts';
import type { StreamLog } from '../log/log.ts';
import type { Running } from './generations.ts';
import type { LogFields } from './logger.ts';
import type { Note } from './note.ts';

/** What ends a stream. */
export type TerminalEvent = StreamEvent & { type: 'finish' | 'error' | 'stopped' };

export function endsStream(event: StreamEvent): event is TerminalEvent {
  return isTerminal(event);
}

export interface Ending {
  readonly log: StreamLog;
  readonly event: TerminalEvent;
  /** What ran, or what is noted of it where another process began it. */
  readonly of: Pick<Running, 'start' | 'firstTokenMs'> | Note;
  readonly durationMs: number;
  /** Whether the words of an error are the relay's own, and not an app's. */
  readonly ownWords: boolean;
}

/** How a stream ended, for the operator's log. */
export function endingFields({ log, event, of, durationMs, ownWords }: Ending): LogFields {
  const { provider, model } = of.start;
  const firstTokenMs = 'firstTokenMs' in of ? of.firstTokenMs : undefined;
  return {
    stream: channelStream(log.channel) ?? '',
    provider,
    model,
    principal: log.principal,
    ...howOf(event, ownWords),
    events: log.head,
    bytes: log.bytes,
    durationMs: Math.round(durationMs),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
  };
}

function howOf(event: TerminalEvent, ownWords: boolean): LogFields {
  switch (event.type) {
    case 'error':
      return { code: event.code, ...(ownWords ? { why: event.message } : {}) };
    case 'stopped':
      return { by: event.by };
    case 'finish':
      return { reason: event.reason };
  }
}
