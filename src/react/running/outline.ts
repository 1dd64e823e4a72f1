import type { Part } from '../../client.ts';

export type Outline = (parts: readonly Part[]) => readonly Part[];

/** The parts other than text; the same array until a part is added or a tool answers. O(new parts + open calls). */
export function createOutline(): Outline {
  let seen = 0;
  let listed: readonly Part[] = [];
  let open: Extract<Part, { type: 'tool' }>[] = [];
  return (parts) => {
    const added = parts.slice(seen).filter((part) => part.type !== 'text');
    seen = parts.length;
    const waiting = open.filter((part) => part.result === undefined);
    if (added.length === 0 && waiting.length === open.length) return listed;
    open = [...waiting, ...added.filter((part) => part.type === 'tool')];
    listed = [...listed, ...added];
    return listed;
  };
}
