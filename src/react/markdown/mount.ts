import { useLayoutEffect, useState } from 'react';
import { useMarkdown } from './context.ts';
import type { GroupNode, ModelNode, ParentNode } from './nodes.ts';
import type { Mount } from './view.ts';

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

/** Children of a container that are mounted in one frame: a long answer that is there at once comes in over several. */
const groupsPerFrame = 3;

/**
 * The groups of a container: of many that are new, some in this frame, the others in the next ones. From `allAt` on all of them
 * at once: somebody else sees to it which are mounted.
 */
export function useGroups(node: ParentNode, allAt: number = Number.POSITIVE_INFINITY): readonly GroupNode[] {
  const { view } = useMarkdown();
  const [reach] = useState(() => ({ count: 0 }));
  return useTaken(node, () => {
    const { groups, version } = node;
    const isWhole = groups.length >= allAt || view.isExpanded();
    reach.count = isWhole ? groups.length : Math.min(groups.length, reach.count + groupsPerFrame);
    return reach.count === groups.length ? { version, value: groups } : { version: -1, value: groups.slice(0, reach.count) };
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
