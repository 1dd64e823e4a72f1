import { type Json, wireLimits } from '../../src/wire/index.ts';

/** Upstream JSON is untrusted: these take any value and give the kind asked for, or its empty form. */
export type JsonObject = { readonly [key: string]: Json };

/** `undefined` where the text is not JSON or not an object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return object(JSON.parse(text) as Json);
  } catch {
    return undefined;
  }
}

export function object(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function string(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A count: a safe integer ≥ 0; anything else is 0. */
export function count(value: Json | undefined): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/** The value, or its JSON text where it is nested deeper than the wire allows. */
export function boundedDepth(value: Json): Json {
  return fits(value, wireLimits.maxJsonDepth - 1) ? value : JSON.stringify(value);
}

function fits(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner: Json) => fits(inner, levels - 1));
}
