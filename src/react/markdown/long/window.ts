import { type Frames, type FrameTask, frames } from '../../frame.ts';
import type { Choice } from './choice.ts';

/** What a window needs of the list it is of. */
export interface WindowHost {
  /** Which groups are wanted, given those shown; at most so many of the missing. */
  choose(shown: ReadonlySet<number>, limit: number): Choice;
  isInView(index: number): boolean;
  /** Whether this frame has room for one more group; then it is taken. */
  mayCome(index: number): boolean;
  /** The sight's place in the list and its height, px. */
  sight(): { readonly offset: number; readonly height: number };
  /** `shown` is another: React state. */
  onChange(): void;
}

/**
 * Which groups of a list are in the document. Each that is to come in is a task of the frame loop, so that a frame takes as
 * many as it can afford, four at most, those in view first.
 */
export interface ListWindow {
  readonly shown: ReadonlySet<number>;
  /** What is shown where there are `count` groups now: of those that are new the last two are shown at once. */
  next(count: number): ReadonlySet<number>;
  /** React has rendered these of `count`. */
  rendered(shown: ReadonlySet<number>, count: number): void;
  /** What is in sight, or wanted, may be another. */
  look(): void;
  close(): void;
}

// Groups that come in in one frame, and that leave, at most.
const mostComing = 4;
const mostLeaving = 8;
// Of new ones, those that are shown without a frame of emptiness.
const newest = 2;
// Moves closer together than this are one movement.
const moveMs = 120;
// A frame that took longer, or a group in view that has waited for longer, is late.
const lateMs = 25;
const leapsToPass = 2;
// So much more often late than not; each move in time makes up for a tenth.
const latesToPass = 2;

export function createWindow(
  { choose, isInView, mayCome, sight, onChange }: WindowHost,
  loop: () => Frames = frames,
  clock: () => number = () => performance.now(),
): ListWindow {
  let shown: ReadonlySet<number> = new Set();
  let known = 0;
  const coming = new Map<number, { readonly task: FrameTask; readonly since: number; readonly isSeen: boolean }>();
  let lastOffset = 0;
  let lastMove = Number.NEGATIVE_INFINITY;
  /** Moves of more than what is in sight, one after the other, and how many of them were late. */
  let leaps = 0;
  let lates = 0;
  let hasCome = false;
  /** Frames since the last move, its own included. */
  let framesSince = 0;
  /** The reader goes by faster than groups can come in: they would be gone before they were seen. */
  let isPassing = false;

  const set = (next: ReadonlySet<number>): void => {
    shown = next;
    loop().commit(onChange);
  };
  const groupTask = (index: number): FrameTask => ({
    kind: 'group',
    flush(_now, all = false) {
      if (!all && !mayCome(index)) {
        loop().request(this);
        return;
      }
      coming.delete(index);
      hasCome = true;
      set(new Set(shown).add(index));
    },
    rank: () => (isInView(index) ? 'focused' : 'visible'),
  });
  const leave: FrameTask = {
    kind: 'leave',
    flush() {
      const { kept } = choose(shown, 0);
      const left = [...shown].filter((index) => !kept.has(index)).slice(0, mostLeaving);
      if (left.length > 0) set(new Set([...shown].filter((index) => !left.includes(index))));
    },
  };
  /** The frame after that of the last move: the reader has stopped. */
  const later: FrameTask = {
    kind: 'look',
    flush() {},
    settle() {
      framesSince += 1;
      if (framesSince > 1) leaps = 0;
      look();
    },
  };

  const move = (now: number): void => {
    const { offset, height } = sight();
    if (offset === lastOffset) return;
    const sinceMs = now - lastMove;
    leaps = Math.abs(offset - lastOffset) > height && sinceMs < moveMs ? leaps + 1 : 0;
    const isLate = (hasCome && sinceMs > lateMs) || [...coming.values()].some(({ since, isSeen }) => isSeen && now - since > lateMs);
    lates = leaps === 0 ? 0 : isLate ? lates + 1 : Math.max(0, lates - 0.1);
    lastOffset = offset;
    lastMove = now;
    hasCome = false;
    framesSince = 0;
  };
  const cancel = (index: number): void => {
    const entry = coming.get(index);
    if (entry === undefined) return;
    loop().cancel(entry.task);
    coming.delete(index);
  };
  const look = (): void => {
    const now = clock();
    move(now);
    isPassing = leaps >= leapsToPass && (isPassing || lates >= latesToPass);
    const { kept, missing } = choose(shown, isPassing ? 0 : mostComing);
    for (const index of coming.keys()) if (!missing.includes(index)) cancel(index);
    for (const index of missing) {
      if (coming.has(index)) continue;
      const task = groupTask(index);
      coming.set(index, { task, since: now, isSeen: isInView(index) });
      loop().request(task);
    }
    if (isPassing) loop().request(later);
    if (kept.size < shown.size) loop().request(leave);
  };

  return {
    get shown() {
      return shown;
    },
    next(count) {
      const next = new Set<number>();
      for (const index of shown) if (index < count) next.add(index);
      for (let index = Math.max(0, Math.min(known, count - 1), count - newest); index < count; index += 1) next.add(index);
      return next;
    },
    rendered(next, count) {
      shown = next;
      known = count;
      for (const index of next) cancel(index);
      look();
    },
    look,
    close() {
      for (const index of coming.keys()) cancel(index);
      loop().cancel(leave);
      loop().cancel(later);
    },
  };
}
