import { destination, pino } from 'pino';
import type { Log } from './relay/logger.ts';

/** Lines that may wait for a standard output nobody reads. What comes above is dropped, and counted. */
const MAX_WAITING_BYTES = 1_048_576;

export const outputLevels: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** JSON lines on the standard output, from one of `outputLevels` on. A log that is read slowly, or not at all, does not hold up the relay. */
export function createStdoutLog(level: string): Log {
  const output = destination({ dest: 1, sync: false, minLength: 0, maxLength: MAX_WAITING_BYTES });
  const logger = pino({ level, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, output);
  let dropped = 0;
  output.on('drop', () => {
    dropped += 1;
  });
  output.on('drain', () => {
    if (dropped === 0) return;
    const lines = dropped;
    dropped = 0;
    logger.warn({ dropped: lines }, 'Lines were dropped: the standard output was not read.');
  });
  return (name, message, fields) => logger[name](fields, message);
}
