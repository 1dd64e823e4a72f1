import { expect, test, vi } from 'vitest';
import { visibility } from '../../src/react/visibility.ts';

const viewport = 1000;

/** Sees boxes at places of the test's, as browsers do in a page of their own: what is around an `iframe` clips its margin. */
class Observer {
  static last: Observer;
  readonly #margin: number;
  readonly #call: (entries: readonly object[]) => void;

  constructor(call: (entries: readonly object[]) => void, { rootMargin }: { rootMargin: string }) {
    this.#call = call;
    this.#margin = (viewport * Number.parseFloat(rootMargin)) / 100;
    Observer.last = this;
  }

  observe(): void {}
  unobserve(): void {}

  move(target: Element, top: number): void {
    const isIntersecting = top < viewport + this.#margin && top > -this.#margin;
    this.#call([{ target, isIntersecting, boundingClientRect: { top, left: 0 } }]);
  }
}

test('[UI13] off-screen is what is further than half a viewport away, above or below, as long as it is watched', () => {
  vi.stubGlobal('IntersectionObserver', Observer);
  const sight = visibility();
  vi.unstubAllGlobals();
  const box = document.createElement('section');
  const end = sight.watch(box);
  let now = 0;
  const rank = (top: number): string => {
    Observer.last.move(box, top);
    now += 1;
    return sight.rank(box, now);
  };
  expect([0, 1490, 1510, -490, -510].map(rank)).toEqual(['visible', 'visible', 'offscreen', 'visible', 'offscreen']);
  end();
  expect(sight.rank(box, now)).toBe('visible');
});
