import { StreamError } from '../../src/wire/index.ts';

/** What every storage of logs is bounded by. */
export interface LogBounds {
  /** How long a closed log stays readable, ms. */
  readonly graceMs: number;
  /** Closed logs kept at most. */
  readonly maxClosed: number;
  /** Bytes of closed logs kept at most. */
  readonly maxClosedBytes: number;
  /** Bytes one log may reach. */
  readonly maxLogBytes: number;
  /** Bytes of newest events kept one by one; older ones are compacted. */
  readonly keepBytes: number;
}

/** Defaults under what is given. @throws {StreamError} `bad_option`, naming the option and what it takes */
export function resolveBounds<T extends object>(
  caller: string,
  defaults: T,
  given: Partial<T>,
  least: Partial<Record<keyof T, number>> = {},
): T {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const resolved: T = { ...defaults, ...set };
  for (const [name, value] of Object.entries(resolved)) {
    const minimum = least[name as keyof T] ?? 0;
    if (!Object.hasOwn(defaults, name)) {
      throw new StreamError('bad_option', `${caller}: there is no option ${name}. Known: ${Object.keys(defaults).join(', ')}.`);
    }
    if (Number.isSafeInteger(value) && value >= minimum) continue;
    throw new StreamError(
      'bad_option',
      `${caller}: ${name} is ${value}; it must be an integer of at least ${minimum}. Leave it out for the default.`,
    );
  }
  return resolved;
}

/** A closed log as retention sees it. */
export interface ClosedLog {
  readonly closedAt: number;
  readonly bytes: number;
}

/** Of closed logs, oldest first, those to drop; `count` and `bytes` are of all closed ones. Stops at the first to keep. */
export function* beyond<L extends ClosedLog>(
  oldestFirst: Iterable<L>,
  { count, bytes }: { count: number; bytes: number },
  bounds: LogBounds,
  nowMs: number,
): Generator<L> {
  for (const log of oldestFirst) {
    if (count <= bounds.maxClosed && bytes <= bounds.maxClosedBytes && nowMs - log.closedAt < bounds.graceMs) return;
    yield log;
    count -= 1;
    bytes -= log.bytes;
  }
}
