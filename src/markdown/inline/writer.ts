import { append, createNode, type Node, type NodeType, remove } from './node.ts';

/** Puts what is read of a source into nodes, one behind the other: all that is in none by then is text. */
export interface Writer {
  /** Another source, and where its nodes go. */
  reset(root: Node, text: string): void;
  /** What was read from here on is text, or not in a node yet. */
  from(): number;
  add(type: NodeType, value: string, start: number, end: number): Node;
  /** Text that is a mark, or may be one. */
  plain(start: number, end: number): Node;
  /** What was read before `at` and is not in a node is text. Reading goes on at `next`. */
  flush(at: number, next: number): void;
  /** What was made of what began at `node`, the last, is nothing. */
  unread(node: Node): void;
}

export function createWriter(): Writer {
  let root = createNode('root', '', 0, 0);
  let text = '';
  let from = 0;
  /** Text that is no mark, and may be joined by more while it is the last. */
  let words: Node | undefined;

  const addPlain = (start: number, end: number): Node => {
    const node = createNode('text', text.slice(start, end), start, end);
    node.plain = true;
    append(root, node);
    return node;
  };

  const flush = (at: number, next: number): void => {
    const start = from;
    from = next;
    if (at <= start) return;
    if (words && words === root.last) {
      words.text = text.slice(words.start, at);
      words.end = at;
    } else words = addPlain(start, at);
  };

  return {
    reset(parent, source) {
      root = parent;
      text = source;
      from = 0;
      words = undefined;
    },
    from: () => from,
    add(type, value, start, end) {
      flush(start, end);
      const node = createNode(type, value, start, end);
      append(root, node);
      return node;
    },
    plain(start, end) {
      flush(start, end);
      return addPlain(start, end);
    },
    flush,
    unread(node) {
      remove(root, node);
      from = node.start;
    },
  };
}
