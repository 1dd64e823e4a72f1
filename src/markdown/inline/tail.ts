import type { Inline } from '../blocks.ts';

/** The nodes with text joined to the last leaf, going down through last children. */
export function grow(nodes: readonly Inline[], text: string): Inline[] {
  const last = nodes[nodes.length - 1];
  if (!last || text === '') return [...nodes];
  const grown = nodes.slice(0, -1);
  if ('children' in last) grown.push({ ...last, children: grow(last.children, text) });
  else if ('text' in last) grown.push({ ...last, text: last.text + text });
  else grown.push(last);
  return grown;
}

/** The text by which `after` is `before` grown. `undefined`: it is not. */
export function growth(before: readonly Inline[], after: readonly Inline[]): string | undefined {
  if (before.length !== after.length || before.length === 0) return before.length === after.length ? '' : undefined;
  const last = before.length - 1;
  for (let index = 0; index < last; index += 1) if (!isSame(before[index], after[index])) return undefined;
  const old = before[last];
  const now = after[last];
  if (old === undefined || now === undefined || old.type !== now.type) return undefined;
  if ('children' in old && 'children' in now) {
    if (old.type === 'link' && now.type === 'link' && (old.url !== now.url || old.title !== now.title)) return undefined;
    return growth(old.children, now.children);
  }
  if ('text' in old && 'text' in now) return now.text.startsWith(old.text) ? now.text.slice(old.text.length) : undefined;
  return isSame(old, now) ? '' : undefined;
}

/** Nodes one after the other; where text meets text it is one. */
export function join(before: readonly Inline[], after: readonly Inline[]): readonly Inline[] {
  const last = before[before.length - 1];
  const first = after[0];
  if (last === undefined) return after;
  if (last.type !== 'text' || first?.type !== 'text') return [...before, ...after];
  return [...before.slice(0, -1), { type: 'text', text: last.text + first.text }, ...after.slice(1)];
}

export function isSame(a: Inline | undefined, b: Inline | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.type !== b.type) return false;
  if ('children' in a && 'children' in b) {
    if (a.type === 'link' && b.type === 'link' && (a.url !== b.url || a.title !== b.title)) return false;
    return a.children.length === b.children.length && a.children.every((child, index) => isSame(child, b.children[index]));
  }
  if ('text' in a && 'text' in b) return a.text === b.text;
  if (a.type === 'image' && b.type === 'image') return a.url === b.url && a.title === b.title && a.alt === b.alt;
  return a.type === 'footnoteReference' && b.type === 'footnoteReference' ? a.label === b.label : a.type === 'break';
}
