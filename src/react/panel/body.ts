import type { TextLog } from '../../client.ts';

/** Shows an append-only text inside one element that React renders empty and never looks into. */
export interface BodyRenderer {
  /**
   * Appends what `text` has beyond what is shown, up to `limit` code units in all, and of that as much as `take` gives. O(what
   * `text` has beyond). Returns whether all of it is shown.
   */
  show(text: TextLog, limit: number, take: (wanted: number) => number): boolean;
  /** UTF-16 code units in the element. O(1). */
  shown(): number;
  /** Empties the element. */
  clear(): void;
}
