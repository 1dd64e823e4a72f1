import type { Inline } from '../blocks.ts';
import { linkAddresses, mayHoldAddress } from './address.ts';
import type { Node } from './node.ts';

/** Deeper nested marks than these are shown as text. */
const mostDepth = 64;
/** Of a text. */
const mostPieces = 1024;

/** Nodes, and the text behind the last one, in pieces. */
export interface Built {
  readonly nodes: Inline[];
  readonly text: string[];
}

interface Frame extends Built {
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
 * What was added to `built` is in front of them. Yields now and then.
 */
export function* build(first: Node | undefined, end: Node | undefined, built: Built = { nodes: [], text: [] }): Generator<void, Inline[]> {
  yield* flushed(yield* add(first, end, built));
  return built.nodes;
}

/** Adds the nodes, but not what may be joined by more text. */
export function* add(first: Node | undefined, end: Node | undefined, { nodes, text }: Built): Generator<void, Frame> {
  const stack: Frame[] = [];
  let frame: Frame = { nodes, text, next: first, parent: undefined, inLink: false, alt: undefined };
  let steps = 0;
  for (;;) {
    steps += 1;
    if ((steps & 511) === 0) yield;
    const node = frame.next;
    if (node === undefined || node === end) {
      const { parent } = frame;
      const outer = stack.pop();
      if (!outer || !parent) return frame;
      if (frame.alt !== undefined) {
        if (outer.alt !== undefined) outer.alt += frame.alt;
        else outer.nodes.push({ type: 'image', url: parent.url, title: parent.title, alt: frame.alt });
      } else if (outer.nodes === frame.nodes) say(frame.text, parent.text);
      else {
        yield* flushed(frame);
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
      if (node.text !== '') say(frame.text, node.text);
      continue;
    }
    if (!wraps(node)) {
      yield* flushed(frame);
      frame.nodes.push(leaf(node));
      continue;
    }
    const inLink = frame.inLink || node.type === 'link';
    stack.push(frame);
    if (node.type === 'image') {
      yield* flushed(frame);
      frame = { nodes, text: [], next: node.first, parent: node, inLink, alt: '' };
    } else if (stack.length > mostDepth && node.type !== 'link') {
      say(frame.text, node.text);
      frame = { nodes: frame.nodes, text: frame.text, next: node.first, parent: node, inLink, alt: undefined };
    } else {
      yield* flushed(frame);
      frame = { nodes: [], text: [], next: node.first, parent: node, inLink, alt: undefined };
    }
  }
}

/** Joined as it comes: a million pieces at once would take too long. */
function say(texts: string[], text: string): void {
  texts.push(text);
  if (texts.length < mostPieces) return;
  const said = (texts[0] ?? '') + texts.slice(1).join('');
  texts.length = 0;
  texts.push(said);
}

/** Its text becomes nodes. What has to be gone through for it, if anything. */
function flushed({ text: texts, nodes, inLink }: Frame): Iterable<void> {
  if (texts.length === 0) return none;
  const text = texts.length === 1 ? (texts[0] ?? '') : texts.join('');
  texts.length = 0;
  if (!inLink && mayHoldAddress(text)) return linkAddresses(text, nodes);
  nodes.push({ type: 'text', text });
  return none;
}

const none: readonly undefined[] = [];

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
