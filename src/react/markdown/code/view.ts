import { createLineBoxes } from '../../panel/lines.ts';
import { truncate } from '../truncate.ts';
import { createColours } from './colours.ts';
import type { Highlighter } from './highlighter.ts';
import type { CodeSource } from './source.ts';

/** Shows a block's code inside an element that React renders empty, and keeps it up to date. Returns the way out. */
export function showCode(element: HTMLElement, block: CodeSource, highlight: Highlighter | undefined): () => void {
  const colours = highlight === undefined ? undefined : createColours(element, block, highlight);
  const boxes = createLineBoxes(element, { tag: 'span', onLine: (box) => colours?.line(box, boxes.length) });
  const show = (kept: number): void => {
    if (kept < boxes.length) {
      truncate(element, boxes, kept);
      colours?.withdraw(kept);
    }
    if (block.length > boxes.length) boxes.append(block.from(boxes.length));
    if (block.closed) colours?.end(boxes.open, boxes.length);
    colours?.update();
  };
  show(0);
  const unsubscribe = block.subscribe(show);
  return () => {
    unsubscribe();
    colours?.close();
    boxes.clear();
  };
}
