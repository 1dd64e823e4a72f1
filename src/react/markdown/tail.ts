import type { Segment } from '../../markdown/index.ts';
import { lastText } from './inline.ts';

// The text at a leaf's end, as a node that grows.
export interface Tail {
  grow(text: string): void;
  // It says what React has rendered, which writes only what differs from that.
  shrink(): void;
}

// The text node that `segment` ends with, where the element ends with it, too; `undefined` where it does not, because a
// component of the app's own shows something else.
export function findTail(element: Element, segment: Segment): Tail | undefined {
  let last: Node | null = element;
  while (last?.lastChild) last = last.lastChild;
  if (!(last instanceof Text) || last.data !== lastText(segment)) return undefined;
  const node = last;
  const { length } = node;
  return {
    grow: (text) => node.appendData(text),
    shrink() {
      if (node.length > length) node.deleteData(length, node.length - length);
    },
  };
}
