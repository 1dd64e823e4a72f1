/** Keeps a scroller at its end until the reader scrolls up, and again once the reader is back at the end. */
export interface Stick {
  /** Scrolls to the end where the reader is there. Reads layout: call it in a frame's `settle` or behind layout. */
  settle(): void;
  /**
   * The end is where the reader is: another text begins, the same is shown otherwise, or the reader wants to be there. Where the
   * browser has put the scroller until then is not the reader's doing.
   */
  restart(): void;
  disconnect(): void;
}

/** Keys that scroll up. */
const upwards = /^(ArrowUp|PageUp|Home)$/;
/** Keys that may lead to the end; the last one upwards, too, with Shift. */
const downwards = /^(ArrowDown|PageDown|End| )$/;

/** `onChange` tells whether the reader is at the end, `onPress` that something may open: `settle` is wanted in the next frame. */
export function createStick(scroller: HTMLElement, onChange: (atEnd: boolean) => void, onPress: () => void): Stick {
  let stuck = true;
  // Not read here: of a page full of panels that mount, each would have all of them laid out before they are whole.
  let lastTop = 0;
  let lastEnd = 0;
  let lastTouch = 0;
  let seenHeight = 0;
  /** What opens and closes a box, where the reader has just pressed it, and whether the box was open then. */
  let opener: Element | null | undefined;
  let wasOpen: boolean | undefined;
  /**
   * Where the end was when the reader last turned the wheel or pressed a key to go there, and has done nothing else since: the
   * browser takes some frames to get there, and the end moves on meanwhile.
   */
  let goal = Number.POSITIVE_INFINITY;

  const forget = (): void => {
    goal = Number.POSITIVE_INFINITY;
    opener = wasOpen = undefined;
  };
  const set = (next: boolean): void => {
    forget();
    if (stuck === next) return;
    stuck = next;
    // Whoever comes back to the end is taken to it.
    lastEnd = 0;
    onChange(next);
  };
  // Before anything has moved: a slow gesture moves less in a frame than the text grows, and would never win.
  const leave = (): void => {
    if (scroller.scrollTop > 0) set(false);
  };
  const end = (): number => scroller.scrollHeight - scroller.clientHeight;
  const fromEnd = (): number => end() - scroller.scrollTop;
  const aim = (): void => {
    goal = end();
  };
  // Asked of what has changed only: `toggle` comes behind layout, too late, and only of `details`.
  const isOpen = (): boolean | undefined => opener?.matches('[aria-expanded=true],[open]>summary');

  const events = new AbortController();
  const on = <Type extends keyof HTMLElementEventMap>(type: Type, listener: (event: HTMLElementEventMap[Type]) => void): void =>
    scroller.addEventListener(type, listener, { passive: true, capture: true, signal: events.signal });
  on('wheel', ({ deltaY }) => (deltaY < 0 ? leave() : aim()));
  on('keydown', ({ key, shiftKey }) => {
    if (upwards.test(key) || (key === ' ' && shiftKey)) leave();
    else if (downwards.test(key)) aim();
  });
  // On the scrollbar, say.
  on('pointerdown', forget);
  on('touchstart', ({ touches }) => {
    lastTouch = (touches[0] as Touch).clientY;
  });
  on('touchmove', ({ touches }) => {
    const before = lastTouch;
    lastTouch = (touches[0] as Touch).clientY;
    if (lastTouch > before) leave();
  });
  on('scroll', () => {
    const top = scroller.scrollTop;
    // Our own.
    if (top === lastTop) return;
    const left = fromEnd();
    const height = scroller.scrollHeight;
    // Only the reader (a scrollbar, a search) moves away from the end: growing text leaves the position, shrinking text and
    // resizing clamp it to the end, and for what shrinks in front of it the browser moves it by as much. Heights are rounded to
    // the screen's pixels, which where the page is zoomed are some of the page's, and the position is not: the end is some wide.
    if (lastTop - top > Math.max(0, seenHeight - height) && left > 5) set(false);
    else if (top > lastTop && (left <= 5 || top + 5 >= goal)) set(true);
    lastTop = top;
    seenHeight = height;
  });
  on('click', ({ target }) => {
    opener = (target as Element).closest('summary,[aria-expanded]');
    wasOpen = isOpen();
    onPress();
  });
  const settle = (): void => {
    // Who opens a box wants to read it, also one that takes some frames to open; who closes it may be at the end again.
    if (isOpen() !== wasOpen) {
      if ((wasOpen ? fromEnd() : end()) <= 1) set(true);
      else if (!wasOpen) set(false);
    }
    if (!stuck) return;
    seenHeight = scroller.scrollHeight;
    const before = lastEnd;
    lastEnd = end();
    if (before === lastEnd) return;
    scroller.scrollTop = seenHeight;
    lastTop = scroller.scrollTop;
  };
  // Absent where apps run their own tests, as in jsdom.
  const resizes = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(settle);
  // The text in it, too: lines that come into view turn out to have another height than estimated, a font comes late. At once, for
  // where the browser puts the scroller meanwhile would be taken for the reader's place. Not the boxes: their opener wants to read.
  for (const part of [scroller, ...scroller.querySelectorAll('[data-stream-body]')]) resizes?.observe(part);

  return {
    settle,
    restart() {
      lastTop = lastEnd = 0;
      set(true);
    },
    disconnect() {
      events.abort();
      resizes?.disconnect();
    },
  };
}
