import { frames, type Rank } from './frame.ts';
import { isSelected } from './selected.ts';

/** Which parts of the page are in view, and which have the reader's attention. */
export interface Visibility {
  /** From now on `rank` knows the element. Returns the end of that. */
  watch(element: Element): () => void;
  /** Where the element was when it last came into view or left it: row by row. */
  place(element: Element): number;
  /**
   * `now` is the frame's time: within a frame the reader's attention is looked up once. Without it, it is not, and nobody is focused:
   * what is being written would be laid out.
   */
  rank(element: Element, now?: number): Rank;
}

/** Panels this much of the viewport outside of it are kept up to date, too: a scroll finds them whole. */
const margin = '50%';

function createVisibility(): Visibility {
  const offscreen = new WeakSet<Element>();
  const places = new WeakMap<Element, number>();
  // Absent where apps run their own tests, as in jsdom: everything is in view.
  const observer =
    typeof IntersectionObserver === 'undefined'
      ? undefined
      : new IntersectionObserver(
          (entries) => {
            for (const { target, isIntersecting, boundingClientRect } of entries) {
              places.set(target, boundingClientRect.top * 8192 + boundingClientRect.left);
              if (isIntersecting) offscreen.delete(target);
              else offscreen.add(target);
            }
            frames().reconsider();
          },
          { rootMargin: margin },
        );

  let lookedAt: number | undefined;
  /** Where focus and selection are. */
  let attention: readonly (Node | null)[] = [];

  return {
    watch(element) {
      observer?.observe(element);
      return () => {
        observer?.unobserve(element);
        offscreen.delete(element);
      };
    },
    place: (element) => places.get(element) ?? 0,
    rank(element, now) {
      if (offscreen.has(element)) return 'offscreen';
      if (now === undefined) return 'visible';
      if (lookedAt !== now) attention = [document.activeElement, isSelected() ? (getSelection() as Selection).anchorNode : null];
      lookedAt = now;
      return element.matches(':hover') || attention.some((node) => element.contains(node)) ? 'focused' : 'visible';
    },
  };
}

let pageVisibility: Visibility | undefined;

/** What is in view on this page, made on first use. Not for servers. */
export function visibility(): Visibility {
  pageVisibility ??= createVisibility();
  return pageVisibility;
}
