import { type ReactNode, type RefObject, useLayoutEffect } from 'react';
import { type FrameTask, frames } from '../frame.ts';

interface PlaceProps {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly place: RefObject<number | undefined>;
}

/** Notes how far down the reader is when the text behind it goes: its effect ends before that goes. */
export function Place({ scroller, place }: PlaceProps): ReactNode {
  useLayoutEffect(
    () => () => {
      const element = scroller.current;
      if (element !== null) place.current = element.scrollTop / Math.max(1, element.scrollHeight - element.clientHeight);
    },
    [scroller, place],
  );
  return null;
}

/** Scrolls to where the reader was, a few frames long: heights turn out to be others than estimated. */
export function keepPlace(scroller: HTMLElement, share: number): () => void {
  let left = 4;
  let height = 0;
  const task: FrameTask = {
    flush() {},
    settle() {
      const { scrollHeight, clientHeight } = scroller;
      scroller.scrollTop = share * (scrollHeight - clientHeight);
      // A text that comes in by whole screens is not all there yet.
      if (scrollHeight - height > clientHeight) left = 4;
      height = scrollHeight;
      left -= 1;
      if (left > 0) frames().request(task, true);
    },
  };
  task.settle?.();
  return () => frames().cancel(task);
}
