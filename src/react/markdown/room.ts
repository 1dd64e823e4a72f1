import type { Slices } from '../running/slices.ts';
import { running } from '../running.ts';

/** What one view may add of something to a picture: of the slice of all, but before it is in the document only its least. */
export interface Room {
  /** As of `Slices`. */
  take(wanted: number, atLeast?: number, unit?: number): number;
  left(): number;
  /**
   * The view is in the document: what has been taken belongs to the next picture. Before that it is rendered in a transition,
   * perhaps, over several frames, and nobody knows with which it comes, or whether it does.
   */
  open(): void;
}

/** What a box of a leaf after its first costs, in blocks: some 3 ms. */
export const boxWeight = 8;

/** For blocks. */
export const blockRoom = (): Room => createRoom(() => running.module?.blockSlices, 3, 8);

/** For code units of text as it is. */
export const unitRoom = (): Room => createRoom(() => running.module?.textSlices, 1024, 8192);

/** `least`: of the view's first render. `unlearned`: of each turn, before there is what learns how many a frame can afford. */
function createRoom(slices: () => Slices | undefined, least: number, unlearned: number): Room {
  let early = 0;
  let isOpen = false;
  const room: Room = {
    take(wanted, atLeast = 0, unit = 1) {
      const shared = isOpen ? slices() : undefined;
      if (shared !== undefined) return shared.take(wanted, room, atLeast, unit);
      const left = room.left();
      const given = Math.min(wanted, Math.max(left - (left % unit), atLeast));
      early += given;
      return given;
    },
    left() {
      if (!isOpen) return Math.max(0, least - early);
      return slices()?.left(room) ?? unlearned;
    },
    open() {
      if (!isOpen) slices()?.take(early, room, early);
      isOpen = true;
    },
  };
  return room;
}
