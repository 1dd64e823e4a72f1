import type { Inline } from '../blocks.ts';
import { linkAddresses } from './address.ts';
import type { Node } from './node.ts';

/** Deeper nested marks than these are shown as text. */
const mostDepth = 64;

interface Frame {
  readonly nodes: Inline[];
  readonly text: string[];
  /** The sibling to go on with. */
  next: Node | undefined;
  /** What the nodes become children of. */
  readonly parent: Node | undefined;
  readonly inLink: boolean;
  /** In an image: the alternative text so far, which is what its description says, without marks. */
  alt: string | undefined;
}

/**
 * The nodes from `first` up to `end` as they leave the parser: immutable, adjacent text joined, and addresses in text linked.
 * Yields now and then.
 */
export function* build(first: Node | undefined, end: Node | undefined): Generator<void, Inline[]> {
  const nodes: Inline[] = [];
  const stack: Frame[] = [];
  let frame: Frame = { nodes, text: [], next: first, parent: undefined, inLink: false, alt: undefined };
  let steps = 0;
  for (;;) {
    steps += 1;
    if ((steps & 511) === 0) yield;
    const node = frame.next;
    if (node === undefined || node === end) {
      const { parent } = frame;
      const outer = stack.pop();
      if (!outer || !parent) break;
      if (frame.alt !== undefined) {
        if (outer.alt !== undefined) outer.alt += frame.alt;
        else outer.nodes.push({ type: 'image', url: parent.url, title: parent.title, alt: frame.alt });
      } else if (outer.nodes === frame.nodes) frame.text.push(parent.text);
      else {
        flush(frame);
        outer.nodes.push(close(parent, frame.nodes));
      }
      frame = outer;
      continue;
    }
    frame.next = node.next;
    if (frame.alt !== undefined) {
      if (wraps(node)) {
        stack.push(frame);
        frame = { nodes, text: frame.text, next: node.first, parent: node, inLink: true, alt: '' };
      } else if (node.type !== 'footnoteReference') frame.alt += node.text;
      continue;
    }
    if (node.type === 'text') {
      if (node.text !== '') frame.text.push(node.text);
      continue;
    }
    if (!wraps(node)) {
      flush(frame);
      frame.nodes.push(leaf(node));
      continue;
    }
    const inLink = frame.inLink || node.type === 'link';
    stack.push(frame);
    if (node.type === 'image') {
      flush(frame);
      frame = { nodes, text: [], next: node.first, parent: node, inLink, alt: '' };
    } else if (stack.length > mostDepth && node.type !== 'link') {
      frame.text.push(node.text);
      frame = { nodes: frame.nodes, text: frame.text, next: node.first, parent: node, inLink, alt: undefined };
    } else {
      flush(frame);
      frame = { nodes: [], text: [], next: node.first, parent: node, inLink, alt: undefined };
    }
  }
  flush(frame);
  return nodes;
}

function flush(frame: Frame): void {
  if (frame.text.length === 0) return;
  const text = frame.text.length === 1 ? (frame.text[0] ?? '') : frame.text.join('');
  frame.text.length = 0;
  if (frame.inLink) frame.nodes.push({ type: 'text', text });
  else linkAddresses(text, frame.nodes);
}

function wraps(node: Node): boolean {
  return node.type === 'emphasis' || node.type === 'strong' || node.type === 'delete' || node.type === 'link' || node.type === 'image';
}

function close(node: Node, children: readonly Inline[]): Inline {
  switch (node.type) {
    case 'link':
      return { type: 'link', url: node.url, title: node.title, children };
    case 'strong':
    case 'delete':
      return { type: node.type, children };
    default:
      return { type: 'emphasis', children };
  }
}

function leaf(node: Node): Inline {
  switch (node.type) {
    case 'inlineCode':
    case 'inlineMath':
    case 'html':
      return { type: node.type, text: node.text };
    case 'footnoteReference':
      return { type: 'footnoteReference', label: node.text };
    default:
      return { type: 'break' };
  }
}
