import type { CodeSource } from './source.ts';

/** What a source is of. */
export interface Origin {
  /** The block, the same for all panels that show it. */
  readonly key: object;
  /** All of its code, shown or not yet. */
  code(): string;
}

const origins = new WeakMap<CodeSource, Origin>();

export function setOrigin(source: CodeSource, origin: Origin): void {
  origins.set(source, origin);
}

/** Of a source that says nothing else: itself. */
export function originOf(source: CodeSource): Origin {
  return origins.get(source) ?? { key: source, code: () => source.from(0) };
}
