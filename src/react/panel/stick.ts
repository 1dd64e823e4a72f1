/** Keeps a scroller at its end until the reader scrolls up, and again once the reader is back at the end. */
export interface Stick {
  /**
   * Scrolls to the end where the reader is there. Reads layout: call it in a frame's `settle`, and where it returns
   * `true` in that of the next one, too: lines that came into view may turn out to have another height than estimated.
   */
  settle(): boolean;
  /** Another text begins: its end is where the reader is. */
  restart(): void;
  /** Goes to the end and stays there. */
  toEnd(): void;
  disconnect(): void;
}

/** `onChange` tells whether the reader is at the end. */
export function createStick(scroller: HTMLElement, onChange: (atEnd: boolean) => void, onResize: () => void): Stick {
  let stuck = true;
  let lastTop = scroller.scrollTop;
  let lastHeight = 0;

  const set = (next: boolean): void => {
    if (stuck === next) return;
    stuck = next;
    onChange(next);
  };
  const distance = (): number => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;

  const onScroll = (): void => {
    const top = scroller.scrollTop;
    // Only the reader moves away from the end: growing text leaves the position, shrinking text and resizing clamp it to the end.
    if (top < lastTop && distance() > 1) set(false);
    else if (top > lastTop && distance() <= 2) set(true);
    lastTop = top;
  };
  /** Who opens a box wants to read what is in it. */
  const onToggle = (event: Event): void => {
    if (event.target instanceof HTMLDetailsElement && event.target.open && distance() > 1) set(false);
  };
  const settle = (): boolean => {
    if (!stuck) return false;
    const height = scroller.scrollHeight;
    scroller.scrollTop = height;
    lastTop = scroller.scrollTop;
    const grown = height !== lastHeight;
    lastHeight = height;
    return grown;
  };

  scroller.addEventListener('scroll', onScroll, { passive: true });
  // `toggle` does not bubble.
  scroller.addEventListener('toggle', onToggle, true);
  const resizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(onResize);
  resizes?.observe(scroller);

  return {
    settle,
    restart: () => set(true),
    toEnd() {
      scroller.scrollTop = scroller.scrollHeight;
      lastTop = scroller.scrollTop;
      set(true);
    },
    disconnect() {
      scroller.removeEventListener('scroll', onScroll);
      scroller.removeEventListener('toggle', onToggle, true);
      resizes?.disconnect();
    },
  };
}
