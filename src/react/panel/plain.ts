import type { BodyRenderer } from './body.ts';
import { createLineBoxes } from './lines.ts';

/** Plain text, in boxes by line. The element's `textContent` is exactly the text shown so far. */
export function createPlainBody(element: HTMLElement): BodyRenderer {
  const boxes = createLineBoxes(element);
  return {
    show(text, limit = text.length) {
      const end = Math.min(limit, text.length);
      if (end > boxes.length) boxes.append(text.from(boxes.length).slice(0, end - boxes.length));
      return boxes.length >= text.length;
    },
    clear: boxes.clear,
  };
}
