import type { FallbackReason } from '../wire/index.ts';
import type { RememberedTransport, TransportName } from './messages.ts';

/** Best first (docs/PROTOCOL.md, CN14). */
export const ladder: readonly TransportName[] = ['webtransport', 'websocket', 'sse'];

/** Transports that are out of a race. */
export type OutOfRace = { readonly [name in TransportName]?: Out };

/** Why: for the relay's figures, and for people. */
export interface Out {
  readonly reason: FallbackReason;
  readonly message: string;
}

/** For `hello`: why the transport is not the next better one. */
export function fallbackReason(winner: TransportName, out: OutOfRace): FallbackReason | undefined {
  const better = ladder[ladder.indexOf(winner) - 1];
  return better && (out[better]?.reason ?? 'slower');
}

/**
 * Transports to start now: the first that is not out, and the one behind it too once WebTransport's head start is over.
 * Empty when everything that may run already does, or when all are out.
 */
export function dueTransports(out: OutOfRace, pending: readonly TransportName[], headStartOver: boolean): TransportName[] {
  const due: TransportName[] = [];
  for (const name of ladder) {
    if (out[name] !== undefined) continue;
    if (!pending.includes(name)) due.push(name);
    if (name !== 'webtransport' || !headStartOver) break;
  }
  return due;
}

/** Who is out before the race begins: not asked for, not available, or, unless nothing else is left, lost here lately. */
export function startingOrder(
  wanted: 'auto' | TransportName,
  unavailable: OutOfRace,
  remembered: RememberedTransport | undefined,
  nowMs: number,
): OutOfRace {
  const out: { [name in TransportName]?: Out } = { ...unavailable };
  if (wanted !== 'auto') {
    for (const name of ladder) if (name !== wanted) out[name] ??= { reason: 'asked', message: `The page asked for ${wanted}.` };
    return out;
  }
  if (remembered === undefined || remembered.expiresAt <= nowMs || out[remembered.winner] !== undefined) return out;
  for (const name of ladder) {
    if (name === remembered.winner) break;
    out[name] ??= { reason: 'remembered', message: `${name} failed here lately.` };
  }
  return out;
}
