import { useLayoutEffect, useState } from 'react';
import type { Slices } from '../running/slices.ts';
import { running } from '../running.ts';
import { useMarkdown } from './context.ts';
import type { BlockNode, GroupNode, ModelNode, ParentNode } from './nodes.ts';
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
}

/** What a node is, rendered once more after each change that `version` counts. `take` and `growth` must mean the same for the life of the node. */
export function useMount<Value>(node: ModelNode, take: () => Value, growth?: Growth): Value {
  return useTaken(node, () => ({ version: node.version, value: take() }), growth);
}

/** Before there is what learns how many a frame can afford. */
const unlearned: Pick<Slices, 'take' | 'left'> = { take: (wanted) => Math.min(wanted, 24), left: () => 24 };

const slices = (): Pick<Slices, 'take' | 'left'> => running.module?.blockSlices ?? unlearned;

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

/** How many of them can be mounted, when `count` are: none before the last of those is all there. */
function reachOf(groups: readonly GroupNode[], count: number, view: MarkdownView): number {
  const last = groups[count - 1];
  if (last !== undefined && (view.reaches.get(last) ?? 0) < last.children.length) return count;
  let left = slices().left();
  let reach = Math.min(count, groups.length);
  for (const { children } of groups.slice(reach)) {
    reach += 1;
    left -= children.length;
    if (left <= 0) break;
  }
  return reach;
}

/** Whether this frame has room for a group that mounts whole, such as one that comes into sight; then that is taken. */
export function hasRoom(group: GroupNode | undefined): boolean {
  const has = slices().left() > 0;
  if (has) slices().take(group?.children.length ?? 0);
  return has;
}

/** The children of a group: of many that are new as many as this frame can afford, one at least; all of them where it `isWhole`. */
export function useChildren(group: GroupNode, isWhole = false): readonly BlockNode[] {
  const { view } = useMarkdown();
  return useTaken(group, () => {
    const { children, version } = group;
    const mounted = Math.min(view.reaches.get(group) ?? 0, children.length);
    const given = slices().take(children.length - mounted);
    const reach = isWhole || view.isExpanded() ? children.length : mounted + given;
    view.reaches.set(group, reach);
    return reach === children.length ? { version, value: children } : { version: -1, value: children.slice(0, reach) };
  });
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
    if (next !== length || kept !== Number.POSITIVE_INFINITY) growth?.onText(kept);
    length = next;
    kept = Number.POSITIVE_INFINITY;
    return true;
  };
  return {
    node,
    version: -1,
    grow,
    refresh() {
      render();
      grow();
    },
    withdraw(to) {
      kept = Math.min(kept, to);
    },
  };
}
