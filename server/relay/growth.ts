import { StreamError } from '../../src/wire/index.ts';
import type { LogStorage, StreamLog } from '../log/log.ts';

/** Why a log may not grow on; `undefined` where it may. */
export function growthRefusal({ bytes }: StreamLog, { maxLogBytes, overflowing, failure }: LogStorage): StreamError | undefined {
  if (bytes > maxLogBytes) {
    return new StreamError(
      'stream_too_large',
      `The answer outgrew ${maxLogBytes} bytes and was ended here. Ask for a shorter one, or raise maxLogBytes.`,
    );
  }
  if (!overflowing || failure === undefined) return undefined;
  return new StreamError(
    failure.code,
    'The relay has not been able to store streams for too long; the answer was ended here. Ask again later.',
  );
}
