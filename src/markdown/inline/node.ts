/**
 * The parse under construction: a list of siblings that is cut and wrapped as delimiters and brackets find each other.
 * Every wrapping is O(1), whatever it wraps.
 */
export interface Node {
  type: NodeType;
  /** What it says; of a wrapping node the marker, for where nesting is too deep to wrap. */
  text: string;
  url: string;
  title: string | undefined;
  /** Code units of the source. Of text that is not `plain`, the text is not the source's. */
  start: number;
  end: number;
  plain: boolean;
  /** Shown as closed, by which further text may join it. */
  open: boolean;
  first: Node | undefined;
  last: Node | undefined;
  previous: Node | undefined;
  next: Node | undefined;
}

export type NodeType =
  | 'text'
  | 'break'
  | 'inlineCode'
  | 'inlineMath'
  | 'html'
  | 'emphasis'
  | 'strong'
  | 'delete'
  | 'link'
  | 'image'
  | 'footnoteReference'
  | 'root';

export function createNode(type: NodeType, text: string, start: number, end: number): Node {
  return {
    type,
    text,
    url: '',
    title: undefined,
    start,
    end,
    plain: false,
    open: false,
    first: undefined,
    last: undefined,
    previous: undefined,
    next: undefined,
  };
}

export function append(parent: Node, node: Node): void {
  node.previous = parent.last;
  if (parent.last) parent.last.next = node;
  else parent.first = node;
  parent.last = node;
}

export function remove(parent: Node, node: Node): void {
  if (node.previous) node.previous.next = node.next;
  else parent.first = node.next;
  if (node.next) node.next.previous = node.previous;
  else parent.last = node.previous;
}

/** Puts what stands between two siblings into `wrapper`, which takes its place. */
export function wrap(wrapper: Node, before: Node, after: Node): void {
  if (before.next !== after && before.next && after.previous) {
    wrapper.first = before.next;
    wrapper.last = after.previous;
    wrapper.first.previous = undefined;
    wrapper.last.next = undefined;
  }
  before.next = wrapper;
  wrapper.previous = before;
  wrapper.next = after;
  after.previous = wrapper;
}

/** Puts all siblings after `wrapper` into it. */
export function wrapRest(parent: Node, wrapper: Node): void {
  if (!wrapper.next) return;
  wrapper.first = wrapper.next;
  wrapper.last = parent.last;
  wrapper.first.previous = undefined;
  wrapper.next = undefined;
  parent.last = wrapper;
}
