import { useLayoutEffect, useState } from 'react';
import { useMarkdown } from './context.ts';
import { type BlockNode, type GroupNode, type ModelNode, type ParentNode, plainGroups } from './nodes.ts';
import { blockRoom, boxWeight } from './room.ts';
import type { MarkdownView, Mount } from './view.ts';

interface Taken<Value> {
  readonly version: number;
  readonly value: Value;
}

export interface Growth {
  /** Called within a frame's flush when the node's text has changed. What is in front of `kept` only has more behind it. */
  readonly onText: (kept: number) => void;
  /** UTF-16 code units there are. */
  readonly length: () => number;
  /** Some of them are for later frames: it is called in the next one. */
  readonly isBehind: () => boolean;
}

/** What a node is, rendered once more after each change that `version` counts. `take` and `growth` must mean the same for the life of the node. */
export function useMount<Value>(node: ModelNode, take: () => Value, growth?: Growth): Value {
  return useTaken(node, () => ({ version: node.version, value: take() }), growth);
}

/**
 * The groups of a container: of many that are new, as many as this frame can afford, one at least, the others in the next ones.
 * From `allAt` on all of them at once: somebody else sees to it which are mounted.
 */
export function useGroups(node: ParentNode, allAt: number = Number.POSITIVE_INFINITY): readonly GroupNode[] {
  const { view } = useMarkdown();
  const [reach] = useState(() => ({ count: 0 }));
  return useTaken(node, () => {
    const { groups, version } = node;
    reach.count = groups.length >= allAt || view.isExpanded() ? groups.length : reachOf(groups, reach.count, view);
    return reach.count === groups.length ? { version, value: groups } : { version: -1, value: groups.slice(0, reach.count) };
  });
}

// How many of them can be mounted, when `count` are: none before the last of those is all there.
function reachOf(groups: readonly GroupNode[], count: number, view: MarkdownView): number {
  const last = groups[count - 1];
  if (last !== undefined && (view.reaches.get(last) ?? 0) < last.children.length) return count;
  let left = view.blocks.left();
  let reach = Math.min(count, groups.length);
  for (const group of groups.slice(reach)) {
    const rest = group.children.length - (view.reaches.get(group) ?? 0);
    if (rest > 0 && left <= 0 && reach > 0) break;
    reach += 1;
    left -= rest;
  }
  return reach;
}

/**
 * Whether this frame has room for a group that comes into sight; then that is taken, and the group mounts whole, with what is in
 * it, so that it has its height from the beginning.
 */
export function hasRoom(group: GroupNode | undefined, view: MarkdownView): boolean {
  if (group === undefined) return true;
  const has = arrivals.left() > 0;
  const count = has ? countOf(group) : 0;
  arrivals.take(Math.max(1, count), count);
  if (has) mountWhole(group, view);
  return has;
}

// Those that come into sight have turns together.
const arrivals = blockRoom();
arrivals.open();

// A leaf with more text is giant, too, and one with more boxes, which is about as much.
const giantLength = 32_768;
const plainBoxes = 8;

function countOf({ children }: GroupNode): number {
  let count = children.length;
  for (const child of children) {
    if (child.kind === 'inline' && child.boxes.length <= plainBoxes) count += (child.boxes.length - 1) * boxWeight;
    if (child.kind === 'container' && child.groups.length <= plainGroups) for (const group of child.groups) count += countOf(group);
  }
  return count;
}

function mountWhole(group: GroupNode, view: MarkdownView): void {
  view.reaches.set(group, group.children.length);
  for (const child of group.children) {
    if (child.kind === 'literal' ? child.text.length <= giantLength : child.kind === 'inline' && child.boxes.length <= plainBoxes)
      view.whole.add(child);
    if (child.kind === 'container' && child.groups.length <= plainGroups) for (const part of child.groups) mountWhole(part, view);
  }
}

/** The children of a group: of many that are new as many as this frame can afford, of a new group one at least, so that there is no empty box. */
export function useChildren(group: GroupNode): readonly BlockNode[] {
  const { view } = useMarkdown();
  return useTaken(group, () => {
    const { children, version } = group;
    const mounted = Math.min(view.reaches.get(group) ?? 0, children.length);
    // Of a new one one, and where anything is left: a row is all there, or not yet.
    const left = view.blocks.left();
    const least = mounted === 0 || left > 0 ? mounted + 1 : mounted;
    let reach = mounted;
    let size = 0;
    for (const child of children.slice(mounted)) {
      const next = size + sizeOf(child);
      if (next > left && reach >= least && !view.isExpanded()) break;
      size = next;
      reach += 1;
    }
    // What does not fit is wanted, too, and nothing of it taken.
    view.blocks.take(reach < children.length ? Math.max(left, size) + 1 : size, size);
    view.reaches.set(group, reach);
    return reach === children.length ? { version, value: children } : { version: -1, value: children.slice(0, reach) };
  });
}

/** The cells of a row. They were taken with it. */
export function useCells(group: GroupNode): readonly BlockNode[] {
  return useTaken(group, () => ({ version: group.version, value: group.children }));
}

// A block and those that come with it: of a row its cells, of a table the row of its head.
function sizeOf(node: BlockNode): number {
  if (node.kind !== 'container') return 1;
  if (node.block.type !== 'tableRow') return node.header === undefined ? 1 : 1 + sizeOf(node.header);
  return node.groups.reduce((count, { children }) => count + children.length, 1);
}

function useTaken<Value>(node: ModelNode, take: () => Taken<Value>, growth?: Growth): Value {
  const { view } = useMarkdown();
  const [taken, setTaken] = useState(take);
  const [mount] = useState(() => createMount(node, () => setTaken(take()), growth));
  useLayoutEffect(() => view.mount(mount), [view, mount]);
  useLayoutEffect(() => {
    mount.version = taken.version;
    view.committed(mount);
  }, [view, mount, taken]);
  return taken.value;
}

function createMount(node: ModelNode, render: () => void, growth: Growth | undefined): Mount & { version: number } {
  let length = growth?.length();
  let kept = Number.POSITIVE_INFINITY;
  const grow = (): boolean => {
    const next = growth?.length();
    if (next !== length || kept !== Number.POSITIVE_INFINITY || growth?.isBehind()) growth?.onText(kept);
    length = next;
    kept = Number.POSITIVE_INFINITY;
    return true;
  };
  return {
    node,
    version: -1,
    grow,
    isBehind: () => growth?.isBehind() ?? false,
    refresh() {
      grow();
      render();
    },
    withdraw(to) {
      kept = Math.min(kept, to);
    },
  };
}
