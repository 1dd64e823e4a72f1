import type { TextLog } from '../../client.ts';

/** Shows an append-only text inside one element that React renders empty and never looks into. */
export interface BodyRenderer {
  /** Appends what `text` has beyond what is shown. O(what is appended). Returns whether there was any. */
  show(text: TextLog): boolean;
  /** Empties the element. */
  clear(): void;
}
