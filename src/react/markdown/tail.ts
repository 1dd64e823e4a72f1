import type { Segment } from '../../markdown/index.ts';
import { type InlinePath, lastText, textAt } from './inline.ts';

/** The text at a leaf's end, as a node that grows. */
export interface Tail {
  /** Appends. */
  grow(text: string): void;
  /** React has rendered another segment in its place: whatever React took for unchanged says what the segment says. */
  amend(segment: Segment | undefined): void;
  isConnected(): boolean;
}

/**
 * The text node that `segment` ends with, where the element ends with it, too; `undefined` where it does not, because a
 * component of the app's own shows something else.
 */
export function findTail(element: Element, segment: Segment): Tail | undefined {
  const last = lastText(segment);
  let node: Node | null = element;
  while (node?.lastChild) node = node.lastChild;
  if (last === undefined || !(node instanceof Text) || node.data !== last.text) return undefined;
  return createTail(node, last.path);
}

function createTail(node: Text, path: InlinePath): Tail {
  return {
    grow: (text) => node.appendData(text),
    isConnected: () => node.isConnected,
    amend(segment) {
      const text = segment === undefined || !node.isConnected ? undefined : textAt(segment, path);
      if (text === undefined || node.data === text) return;
      let same = 0;
      while (same < text.length && text[same] === node.data[same]) same += 1;
      node.replaceData(same, node.length - same, text.slice(same));
    },
  };
}
