import type { Json } from '../../src/wire/index.ts';
import { TokenBucket } from './bucket.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * What a line is about. `stream` is on every line about a stream, `connection` on every one about a connection; `principal` is what
 * `authenticate` called it. Never part of it: prompts, answers, credentials, keys.
 */
export type LogFields = { readonly [name: string]: Json };

/** Takes one line, e.g. `(...line) => winston.log(...line)`. */
export type Log = (level: LogLevel, message: string, fields: LogFields) => void;

/** Takes lines as pino does, and what is made like it. */
export type Logger = { readonly [level in LogLevel]: (fields: LogFields, message: string) => void };

/** Whether an option can be written to. */
export function isLog(log: unknown): log is Log | Logger {
  if (typeof log === 'function') return true;
  if (typeof log !== 'object' || log === null) return false;
  return (['debug', 'info', 'warn', 'error'] as const).every((level) => typeof (log as Partial<Logger>)[level] === 'function');
}

/** Either kind, as one. A logger that throws loses its line, and nothing else. */
export function toLog(log: Log | Logger): Log {
  return (level, message, fields) => {
    try {
      if (typeof log === 'function') log(level, message, fields);
      else log[level](fields, message);
    } catch {
      // There is nowhere left to say so.
    }
  };
}

/** Lines a second about refusals: whoever sends rubbish must not be able to fill a disk. The metric counts them all. */
const REFUSALS_PER_SECOND = 10;

/** Leaves out lines above a rate; the next one says in `leftOut` how many. */
export function limitLog(log: Log, now: () => number): Log {
  const bucket = new TokenBucket(REFUSALS_PER_SECOND, now());
  let leftOut = 0;
  return (level, message, fields) => {
    if (!bucket.take(now())) {
      leftOut += 1;
      return;
    }
    log(level, message, leftOut === 0 ? fields : { ...fields, leftOut });
    leftOut = 0;
  };
}
