import { isBlank } from './characters.ts';
import { createNode, type Node } from './node.ts';

/** Where a source is cut: the nodes before `next` are settled, and `next` begins at code unit `at`. */
export interface Cut {
  readonly at: number;
  readonly next: Node | undefined;
}

/**
 * The last place at or before `limit` where what is before says the same whatever follows, and what follows the same whatever
 * is before: white space after something else, or the middle of a word of a script that does without (no address is in one). Yields now and then.
 */
export function* findCut(root: Node, text: string, limit: number, spans: readonly number[]): Generator<void, Cut> {
  let span = spans.length - 2;
  /** In a bracket an address reads otherwise, also if the bracket comes to nothing. */
  const isInside = (at: number): boolean => {
    while (span >= 0 && at <= (spans[span] ?? 0)) span -= 2;
    return span >= 0 && at < (spans[span + 1] ?? 0);
  };
  let steps = 0;
  for (let node = root.last; node; node = node.previous) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (node.start > limit || node.type !== 'text') {
      if (node.start <= limit && node.type === 'break' && isCut(text, node.start) && !isInside(node.start))
        return { at: node.start, next: node };
      continue;
    }
    if (node.plain) {
      const bound = Math.min(node.end, limit);
      const words = !(node.previous?.type === 'text' && node.previous.text !== '\n') && !mayBeAddress.test(node.text);
      for (let at = bound; at > node.start; at -= 1) {
        if (((bound - at) & 4095) === 4095) yield;
        if (at < text.length && !isInside(at) && (isCut(text, at) || (words && isCharacter(text, at))))
          return at === node.end ? { at, next: node.next } : { at, next: split(root, node, at) };
      }
    }
    if (isCut(text, node.start) && !isInside(node.start)) return { at: node.start, next: node };
  }
  return { at: 0, next: root.first };
}

/** The last place at or before `limit` between two nodes, or in one of plain text. Yields now and then. */
export function* findAnyCut(root: Node, text: string, limit: number): Generator<void, Cut> {
  let steps = 0;
  for (let node = root.last; node; node = node.previous) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (node.start > limit) continue;
    if (node.end <= limit) return { at: node.end, next: node.next };
    const at = isLow(text.charCodeAt(limit)) ? limit - 1 : limit;
    if (node.type === 'text' && node.plain && at > node.start) return { at, next: split(root, node, at) };
    return { at: node.start, next: node };
  }
  return { at: 0, next: root.first };
}

/** The second half of a surrogate pair. */
function isLow(code: number): boolean {
  return (code & 0xfc00) === 0xdc00;
}

const mayBeAddress = /@|:\/\/|www\./i;

function isCut(text: string, at: number): boolean {
  return at > 0 && isBlank(text.charCodeAt(at)) && !isBlank(text.charCodeAt(at - 1));
}

function isCharacter(text: string, at: number): boolean {
  return isIdeograph(text.charCodeAt(at)) && isIdeograph(text.charCodeAt(at - 1));
}

/** Kana, Chinese characters, Hangul. */
function isIdeograph(code: number): boolean {
  return (code >= 0x3041 && code <= 0x9fff && classified(code)) || (code >= 0xac00 && code <= 0xd7a3);
}

/** Not one of the marks among them. */
function classified(code: number): boolean {
  return !/[\p{P}\p{S}\s]/u.test(String.fromCharCode(code));
}

function split(root: Node, node: Node, at: number): Node {
  const rest = createNode('text', node.text.slice(at - node.start), at, node.end);
  rest.plain = true;
  rest.previous = node;
  rest.next = node.next;
  if (rest.next) rest.next.previous = rest;
  else root.last = rest;
  node.text = node.text.slice(0, at - node.start);
  node.end = at;
  node.next = rest;
  return rest;
}
