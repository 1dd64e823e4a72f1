import { useState } from 'react';
import { isLocal } from '../client/sources.ts';
import type { RequestSource, StreamSource } from '../client.ts';

/** The first of several sources that mean the same stream, so that one written inline is not another at each render. */
export function useSameSource(source: StreamSource): StreamSource {
  const [same, setSame] = useState(source);
  if (isSameSource(same, source)) return same;
  setSame(source);
  return source;
}

/** A source that asks for the same once more, as a new stream; `undefined` where the source cannot be repeated. */
export function repeated(source: StreamSource): StreamSource | undefined {
  // There are apps without types.
  const { request } = source as Partial<RequestSource>;
  if (!request) return undefined;
  const { id: _, ...again } = request;
  return { request: again };
}

/** Whether both mean the same stream, or are both missing. */
export function isSameSource(a: StreamSource | undefined, b: StreamSource | undefined): boolean {
  try {
    return a === b || (!isLocal(a) && !isLocal(b) && JSON.stringify(a) === JSON.stringify(b));
  } catch {
    // What cannot be written (it refers to itself, has a BigInt) cannot be asked for either.
    return false;
  }
}
