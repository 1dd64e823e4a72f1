import { isDeepStrictEqual } from 'node:util';
import { emptyFold, foldEntries, isTerminal, type StreamEvent } from '../../src/wire/index.ts';
import type { StreamLog } from '../log/log.ts';
import { foldLog } from './reading.ts';

/**
 * Reads an answer that its provider tells again from the beginning, up to where the log is: as many events as it has, which must amount to
 * the same. What follows is new.
 */
export class CatchUp {
  readonly #log: StreamLog;
  readonly #upTo: number;
  readonly #told = emptyFold();

  constructor(log: StreamLog) {
    this.#log = log;
    this.#upTo = log.head;
  }

  /** What the next event is: `differs` where the answer is not the one the log begins. @throws {StreamError} where the log cannot be read */
  take(event: StreamEvent): 'known' | 'new' | 'differs' {
    const seq = this.#told.seq + 1;
    if (seq > this.#upTo) return 'new';
    if (isTerminal(event)) return 'differs';
    foldEntries(this.#told, [{ fromSeq: seq, seq, at: 0, event }]);
    if (seq < this.#upTo) return 'known';
    const { parts, usage } = foldLog(this.#log);
    return isDeepStrictEqual({ parts, usage }, { parts: this.#told.parts, usage: this.#told.usage }) ? 'known' : 'differs';
  }
}
