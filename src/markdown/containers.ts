import type { Block, BlockKey } from './blocks.ts';
import type { Output } from './output.ts';

/** A block that holds blocks and is open. */
export interface Container {
  readonly type: 'document' | 'blockquote' | 'list' | 'listItem' | 'footnoteDefinition';
  readonly key: BlockKey;
  /** Columns by which a line belongs to it, of a list item. */
  readonly indent: number;
  /** What the items of a list have in common: `-`, `+`, `*`, or `.` or `)` after a number. */
  readonly marker: string;
  /** It has had a child. */
  filled: boolean;
  /** The line before was blank in it. */
  blank: boolean;
  /** A list or an item turns out loose. */
  loosen(): void;
  /** An item turns out to be a task, or none. */
  check(checked: boolean | undefined): void;
}

/** What opens a container, in a line. */
export type ContainerStart =
  | { readonly type: 'blockquote' }
  /** `name`: the label in the form in which it is looked up. */
  | { readonly type: 'footnoteDefinition'; readonly label: string; readonly name: string }
  | { readonly type: 'listItem'; readonly ordered: boolean; readonly start: number; readonly marker: string; readonly indent: number };

/** The outermost one. */
export function createRoot(): Container {
  return container('document', 0, 0, '', () => undefined);
}

export function openList(output: Output, parent: BlockKey, { ordered, start, marker }: ContainerStart & { type: 'listItem' }): Container {
  let block: Block & { type: 'list' } = { type: 'list', ordered, start, spread: false };
  const key = output.open(parent, block);
  return container('list', key, 0, marker, () => {
    if (block.spread) return;
    block = { ...block, spread: true };
    output.set(key, block);
  });
}

export function openContainer(output: Output, parent: BlockKey, start: ContainerStart): Container {
  if (start.type === 'blockquote') return container('blockquote', output.open(parent, start), 0, '', () => undefined);
  if (start.type === 'footnoteDefinition') {
    const { type, label } = start;
    return container(type, output.open(parent, { type, label }), 0, '', () => undefined);
  }
  let spread = false;
  let checked: boolean | undefined;
  const block = (): Block => (checked === undefined ? { type: 'listItem', spread } : { type: 'listItem', checked, spread });
  const key = output.open(parent, block());
  const item = container('listItem', key, start.indent, '', () => {
    if (spread) return;
    spread = true;
    output.set(key, block());
  });
  item.check = (now) => {
    checked = now;
    output.set(key, block());
  };
  return item;
}

function container(type: Container['type'], key: BlockKey, indent: number, marker: string, loosen: () => void): Container {
  return { type, key, indent, marker, filled: false, blank: false, loosen, check: () => undefined };
}
