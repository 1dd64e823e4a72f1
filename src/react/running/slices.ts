/**
 * How much of one kind (code units, blocks) all panels of a page may add in one frame, learned from how long such frames take:
 * who has much to catch up with does so in many short frames, on a slow device in more of them.
 */
export interface Slices {
  /**
   * Of `wanted`, what `turn` may add now: what is left of the frame's share, or of what each turn may add whatever the others
   * have, in whole `unit`s, and never less than `atLeast`.
   */
  take(wanted: number, turn: object, atLeast?: number, unit?: number): number;
  /** What `turn` may add now. */
  left(turn: object): number;
  /** A frame took the page's thread `ms`, until it was painted. What is taken from now on is for the next. */
  measured(ms: number): void;
}

// A frame in which something is caught up with may take so long, ms: as two pictures, and not yet felt.
const targetMs = 30;

// `first`: of the first frame. `least`: of each turn. `most`: of a frame, however short they are; an eighth of it, however long.
// Of many turns' frames, when those are long, as much in each 60 ms.
export function createSlices(first: number, least: number, most: number): Slices {
  let room = first;
  let used = 0;
  // Somebody was given less than wanted.
  let isLimited = false;
  // What a frame takes that adds little: the least of late.
  let restMs = Number.POSITIVE_INFINITY;
  let usualMs = 0;
  const turns = new Map<object, number>();
  const left = (turn: object): number => Math.max(0, Math.floor(room - used), least - (turns.get(turn) ?? 0));
  return {
    take(wanted, turn, atLeast = 0, unit = 1) {
      const rest = left(turn);
      const given = Math.min(wanted, Math.max(rest - (rest % unit), atLeast));
      isLimited ||= given < wanted;
      used += given;
      turns.set(turn, (turns.get(turn) ?? 0) + given);
      return given;
    },
    left,
    measured(ms) {
      restMs = Math.min(ms, restMs * 1.001);
      // One frame that was blocked is not usual.
      usualMs += (Math.min(ms, 8 * targetMs) - usualMs) / 8;
      // Where frames are long for the many who have a turn in them, to add little would only let what arrives pile up.
      const floor = usualMs > 2 * targetMs && turns.size > 8 ? (most * usualMs) / (2 * targetMs) : most / 8;
      // Where frames as such are longer than that, adding less would not make them short.
      const change = Math.max(targetMs, restMs * 1.5) / ms;
      // What flows by itself says nothing about what there is room for.
      if (change < 1 && used > least) room = Math.min(room, used) * Math.max(0.5, change);
      else if (change > 1 && isLimited) room *= Math.min(2, change);
      room = Math.max(floor, Math.min(most, room));
      // What is mounted before the next frame is part of the next picture.
      used = 0;
      isLimited = false;
      turns.clear();
    },
  };
}

// UTF-16 code units of text as it is: plain answers, and code.
export const textSlices: Slices = createSlices(16_384, 1024, 32_768);
// Blocks of Markdown, cells of tables among them.
export const blockSlices: Slices = createSlices(32, 3, 96);
