import type { BodyRenderer } from './body.ts';
import { createLineBoxes } from './lines.ts';

/** Plain text, in boxes by line. The element's `textContent` is exactly the text shown so far. */
export function createPlainBody(element: HTMLElement): BodyRenderer {
  const boxes = createLineBoxes(element);
  return {
    show(text, limit, take) {
      const wanted = Math.min(limit, text.length) - boxes.length;
      if (wanted > 0) boxes.append(text.from(boxes.length).slice(0, take(wanted)));
      return boxes.length >= text.length;
    },
    shown: () => boxes.length,
    clear: boxes.clear,
  };
}
