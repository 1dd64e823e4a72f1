import { type Context, createContext, type RefObject, use, useLayoutEffect, useState } from 'react';
import { type Display, nothingYet } from '../panel/display.ts';

/** Calls back when it is this panel's turn to mount what is in it. Returns the canceller. */
export type Wait = (panel: Element, mount: () => void) => () => void;

/** Whether panels come in one after the other, as in a grid of many. */
export const TurnContext: Context<boolean> = createContext(false);

/** Whether what is in the panel is to be rendered. Once it is, it stays. */
export function useTurn(panel: RefObject<HTMLElement | null>, display: Display): boolean {
  const waits = use(TurnContext);
  const [isIn, setIn] = useState(!waits);
  useLayoutEffect(() => {
    const element = panel.current;
    if (isIn || element === null) return undefined;
    let isOver = false;
    let cancel: (() => void) | undefined;
    const mount = (): void => setIn(true);
    const remove = display.live(nothingYet);
    if (waits) {
      // Loaded with the first grid that is long. Who cannot be given a turn has it.
      import('./turns.ts').then(({ turns }) => {
        if (!isOver) cancel = turns(element, mount);
      }, mount);
    } else mount();
    return () => {
      isOver = true;
      remove();
      cancel?.();
    };
  }, [isIn, waits, panel, display]);
  return isIn;
}
