import type { CodeSource } from '../../../src/react/markdown/code/source.ts';

/** A code block that the test writes, as a document would. */
export interface ManualBlock extends CodeSource {
  append(text: string): void;
  /** Replaces what is behind `from`. */
  replace(from: number, text: string): void;
  close(): void;
}

export function createBlock(language: string, initial = ''): ManualBlock {
  let text = initial;
  let closed = false;
  const listeners = new Set<(kept: number) => void>();
  const changed = (kept: number): void => {
    for (const listener of listeners) listener(kept);
  };
  return {
    language,
    meta: '',
    get length() {
      return text.length;
    },
    get closed() {
      return closed;
    },
    from: (offset) => text.slice(offset),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    append(added) {
      const kept = text.length;
      text += added;
      changed(kept);
    },
    replace(from, next) {
      text = text.slice(0, from) + next;
      changed(from);
    },
    close() {
      closed = true;
      changed(text.length);
    },
  };
}
