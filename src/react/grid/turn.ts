import { type Context, createContext, type RefObject, use, useLayoutEffect, useState } from 'react';
import type { Display } from '../panel/display.ts';

/** Calls back when it is this panel's turn to mount what is in it. Returns the canceller. */
export type Wait = (panel: Element, mount: () => void) => () => void;

/** In a grid of many panels: in which order they come in. Elsewhere none waits. */
export const TurnContext: Context<Wait | undefined> = createContext<Wait | undefined>(undefined);

/** Whether what is in the panel is to be rendered. Once it is, it stays. */
export function useTurn(panel: RefObject<HTMLElement | null>, display: Display): boolean {
  const wait = use(TurnContext);
  const [isIn, setIn] = useState(wait === undefined);
  useLayoutEffect(() => {
    if (isIn || panel.current === null) return undefined;
    // Until then nothing is on display, and no end either.
    const remove = display.live({ show: () => false, clear() {} });
    const cancel = wait?.(panel.current, () => setIn(true)) ?? setIn(true);
    return () => {
      remove();
      cancel?.();
    };
  }, [isIn, wait, panel, display]);
  return isIn;
}
