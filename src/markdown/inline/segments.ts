import type { Inline, Segment } from '../blocks.ts';

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
