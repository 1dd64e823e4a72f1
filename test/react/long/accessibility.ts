import { cdp } from 'vitest/browser';

interface AccessibilityNode {
  readonly nodeId: string;
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly childIds?: readonly string[];
}

/** Of Chromium's tools; what vitest declares of them is empty. */
interface Session {
  send(method: 'Accessibility.enable' | 'Accessibility.disable'): Promise<unknown>;
  send(method: 'Accessibility.getFullAXTree', options: { frameId?: string }): Promise<{ readonly nodes: readonly AccessibilityNode[] }>;
  send(method: 'Page.getFrameTree'): Promise<{ readonly frameTree: FrameTree }>;
}

interface FrameTree {
  readonly frame: { readonly id: string };
  readonly childFrames?: readonly FrameTree[];
}

/** What assistive technology is told: for each element of this role the roles of those it owns. */
export async function ownedBy(role: string): Promise<readonly (readonly (string | undefined)[])[]> {
  const session = cdp() as Session;
  await session.send('Accessibility.enable');
  const framesOf = ({ frame: { id }, childFrames = [] }: FrameTree): readonly string[] => [id, ...childFrames.flatMap(framesOf)];
  const { frameTree } = await session.send('Page.getFrameTree');
  const trees = await Promise.all(framesOf(frameTree).map((frameId) => session.send('Accessibility.getFullAXTree', { frameId })));
  await session.send('Accessibility.disable');
  return trees.flatMap(({ nodes }) => {
    const byId = new Map(nodes.map((node) => [node.nodeId, node]));
    const owned = (node: AccessibilityNode): readonly (string | undefined)[] =>
      (node.childIds ?? []).flatMap((id) => {
        const child = byId.get(id);
        if (child === undefined) return [];
        const passed = ['none', 'generic', 'rowgroup'];
        return child.ignored || passed.includes(child.role?.value ?? '') ? owned(child) : [child.role?.value];
      });
    return nodes.filter((node) => node.role?.value === role).map(owned);
  });
}
