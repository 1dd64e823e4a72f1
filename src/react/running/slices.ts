/**
 * How much of one kind (code units, blocks) all panels of a page may add in one frame, learned from how long such frames take:
 * who has much to catch up with does so in many short frames, on a slow device in more of them.
 */
export interface Slices {
  /** Of `wanted`, what may be added now: what is left of the frame's share, or `least` where that is less. */
  take(wanted: number): number;
  /** What is left of the frame's share. May be negative. */
  left(): number;
  /** A frame begins. */
  begin(): void;
  /** It has taken the page's thread `ms`, until it was painted. */
  measured(ms: number): void;
}

// A frame in which something is caught up with may take so long, ms: a little more than others, and not yet felt.
const targetMs = 20;

// `first`: of the first frame. `least`: for each turn, however long frames take. `most`: of a frame, however short they are.
export function createSlices(first: number, least: number, most: number): Slices {
  let room = first;
  let left = first;
  return {
    take(wanted) {
      const given = Math.min(wanted, Math.max(Math.floor(left), least));
      left -= given;
      return given;
    },
    left: () => left,
    begin() {
      left = room;
    },
    measured(ms) {
      const used = room - left;
      // What flows by itself says nothing about what there is room for.
      if (used <= least) return;
      const change = Math.min(2, Math.max(0.5, targetMs / ms));
      if (change < 1) room = Math.max(least, Math.min(room, used) * change);
      else if (left <= 0) room = Math.min(most, room * change);
    },
  };
}

/** UTF-16 code units of plain text. */
export const textSlices: Slices = createSlices(16_384, 1024, 32_768);
/** Blocks of Markdown, cells of tables among them. */
export const blockSlices: Slices = createSlices(32, 3, 96);
