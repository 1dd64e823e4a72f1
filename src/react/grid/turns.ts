import { type FrameTask, frames } from '../frame.ts';
import { visibility } from '../visibility.ts';
import type { Wait } from './turn.ts';

/** Panels that come in in one frame. */
const perFrame = 4;

/** Lets the panels of a page in a few at a time, those in view first, so that no frame is long however many there are. */
function createTurns(): Wait {
  const waiting = new Map<() => void, Element>();
  const task: FrameTask = {
    kind: 'panel',
    flush(_now, all = false) {
      const isOff = (panel: Element): number => Number(visibility().rank(panel) === 'offscreen');
      const next = [...waiting].sort(([, a], [, b]) => isOff(a) - isOff(b)).slice(0, all ? waiting.size : perFrame);
      for (const [mount] of next) {
        waiting.delete(mount);
        frames().commit(mount);
      }
      if (waiting.size > 0) frames().request(task);
    },
  };
  return (panel, mount) => {
    // Of its own, so that one that waits twice leaves once.
    const entry = (): void => mount();
    waiting.set(entry, panel);
    frames().request(task);
    return () => void waiting.delete(entry);
  };
}

/** The one order of this page. */
export const turns: Wait = createTurns();
