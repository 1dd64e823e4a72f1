import type { RememberedTransport, TransportName } from './messages.ts';

/** Best first (docs/PROTOCOL.md, CN14). */
export const ladder: readonly TransportName[] = ['webtransport', 'websocket', 'sse'];

/** Transports that are out of a race, with the reason, for people. */
export type OutOfRace = { readonly [name in TransportName]?: string };

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
  const out: { [name in TransportName]?: string } = { ...unavailable };
  if (wanted !== 'auto') {
    for (const name of ladder) if (name !== wanted) out[name] ??= `The page asked for ${wanted}.`;
    return out;
  }
  if (remembered === undefined || remembered.expiresAt <= nowMs || out[remembered.winner] !== undefined) return out;
  for (const name of ladder) {
    if (name === remembered.winner) break;
    out[name] ??= `${name} failed here lately.`;
  }
  return out;
}
