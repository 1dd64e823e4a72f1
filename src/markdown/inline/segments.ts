import type { Inline, Segment } from '../blocks.ts';
import { isSame } from './tail.ts';

/** Bounds of a segment: nodes, and code units of text that stands in it directly. */
const mostNodes = 48;
const mostText = 2048;

/** Nodes in pieces of moderate size. Text that is longer is cut at a space where there is one. Yields now and then. */
export function* splitSegments(nodes: readonly Inline[]): Generator<void, Segment[]> {
  const segments: Segment[] = [];
  let segment: Inline[] = [];
  let length = 0;
  const close = (): void => {
    if (segment.length > 0) segments.push(segment);
    segment = [];
    length = 0;
  };
  for (const node of nodes) {
    let rest = node.type === 'text' ? node.text : '';
    while (rest.length > 0 && length + rest.length > mostText) {
      const at = cutText(rest, mostText - length);
      if (at > 0) segment.push({ type: 'text', text: rest.slice(0, at) });
      rest = rest.slice(at);
      close();
      if ((segments.length & 63) === 0) yield;
    }
    if (node.type !== 'text') segment.push(node);
    else if (rest !== '') segment.push(rest.length === node.text.length ? node : { type: 'text', text: rest });
    length += rest.length;
    if (segment.length >= mostNodes) {
      close();
      if ((segments.length & 15) === 0) yield;
    }
  }
  close();
  return segments;
}

/** How many of the segments the nodes begin with, and the nodes after these. Yields now and then. */
export function* skipSegments(
  segments: readonly Segment[],
  nodes: readonly Inline[],
): Generator<void, { readonly kept: number; readonly rest: readonly Inline[] }> {
  let kept = 0;
  let index = 0;
  /** Of the text at `index`, in front of what is left. */
  let skipped = 0;
  for (const segment of segments) {
    let at = index;
    let from = skipped;
    for (const node of segment) {
      const other = nodes[at];
      if (node.type === 'text' && other?.type === 'text' && other.text.startsWith(node.text, from)) {
        from += node.text.length;
        if (from < other.text.length) continue;
      } else if (from > 0 || !isSame(node, other)) {
        at = -1;
        break;
      }
      at += 1;
      from = 0;
    }
    if (at < 0) break;
    kept += 1;
    index = at;
    skipped = from;
    if ((kept & 15) === 0) yield;
  }
  const first = nodes[index];
  if (first?.type !== 'text' || skipped === 0) return { kept, rest: nodes.slice(index) };
  return { kept, rest: [{ type: 'text', text: first.text.slice(skipped) }, ...nodes.slice(index + 1)] };
}

/** 0: nothing of it fits, the next segment has room. */
function cutText(text: string, most: number): number {
  const space = text.lastIndexOf(' ', most - 1);
  if (space > 0) return space;
  if (most < mostText) return 0;
  const code = text.charCodeAt(most - 1);
  return code >= 0xd800 && code <= 0xdbff ? most - 1 : most;
}

/** Code units of the text that stands directly among the nodes. */
function textLength(nodes: readonly Inline[]): number {
  let length = 0;
  for (const node of nodes) if (node.type === 'text') length += node.text.length;
  return length;
}

/** Whether nodes that will not change are enough for segments of their own. `isBreak`: what is on display ends in them. */
export function isFull(nodes: readonly Inline[], isBreak: boolean): boolean {
  const weight = Math.max(nodes.length / mostNodes, textLength(nodes) / mostText);
  return weight >= 1 || (isBreak && weight >= 0.5);
}
