import type { Block, BlockKey, BlockOp, Inline, Segment } from '../../src/markdown/index.ts';

/** A block and what it holds: children, segments or text, by its type. */
export interface Folded {
  readonly key: BlockKey;
  block: Block | { readonly type: 'document' };
  readonly parent: Folded | undefined;
  readonly children: Folded[];
  segments: readonly Segment[];
  text: string;
  open: boolean;
}

export interface Fold {
  readonly root: Folded;
  apply(ops: readonly BlockOp[]): void;
  /** Blocks that were revised. */
  readonly revised: ReadonlySet<BlockKey>;
}

/** Folds operations, and throws at the first that breaks a promise of `blocks.ts`. */
export function createFold(): Fold {
  const root = folded(0, { type: 'document' }, undefined);
  const blocks = new Map<BlockKey, Folded>([[0, root]]);
  const revised = new Set<BlockKey>();
  let last = 0;
  let begun: { readonly key: BlockKey; readonly segments: readonly Segment[] } | undefined;

  const known = (key: BlockKey): Folded => blocks.get(key) ?? fail(`Block ${key} does not exist`);
  const openOne = (key: BlockKey): Folded => {
    const block = known(key);
    return block.open ? block : fail(`Block ${key} is closed`);
  };

  const whole = (segments: readonly Segment[]): readonly Segment[] => {
    const all = [...(begun?.segments ?? []), ...segments];
    begun = undefined;
    return all;
  };

  const apply = (op: BlockOp): void => {
    if (begun && (op.key !== begun.key || !parts.has(op.type))) fail(`${op.type} of block ${op.key} within one of block ${begun.key}`);
    switch (op.type) {
      case 'open': {
        if (op.key <= last) fail(`Key ${op.key} after ${last}`);
        last = op.key;
        const parent = openOne(op.parent);
        if (!holds(parent.block.type, op.block.type)) fail(`${op.block.type} in ${parent.block.type}`);
        const block = folded(op.key, op.block, parent);
        parent.children.push(block);
        blocks.set(op.key, block);
        return;
      }
      case 'set': {
        const block = openOne(op.key);
        if (block.block.type !== op.block.type) fail(`Block ${op.key} was a ${block.block.type}`);
        block.block = op.block;
        return;
      }
      case 'append': {
        const block = openOne(op.key);
        if (op.text === '') fail('Nothing appended');
        if (literal.has(block.block.type)) block.text += op.text;
        else block.segments = appended(block.segments, op.text);
        return;
      }
      case 'inline': {
        const block = openOne(op.key);
        if (!inline.has(block.block.type)) fail(`Segments for a ${block.block.type}`);
        if (op.from > block.segments.length) fail('Segments with a hole');
        block.segments = [...block.segments.slice(0, op.from), ...whole(op.segments)];
        return;
      }
      case 'segments':
        begun = { key: op.key, segments: [...(begun?.segments ?? []), ...op.segments] };
        return;
      case 'literal': {
        const block = openOne(op.key);
        if (!literal.has(block.block.type)) fail(`Text for a ${block.block.type}`);
        if (op.from > block.text.length) fail('Text with a hole');
        block.text = block.text.slice(0, op.from) + op.text;
        return;
      }
      case 'remove': {
        const block = openOne(op.key);
        if (block.parent?.children.at(-1) !== block) fail(`Block ${op.key} is not the last child`);
        block.parent?.children.pop();
        forget(block);
        return;
      }
      case 'close': {
        const block = openOne(op.key);
        if (block.children.some((child) => child.open)) fail(`Block ${op.key} has open children`);
        block.open = false;
        return;
      }
      case 'revise': {
        const block = known(op.key);
        if (block.open || !inline.has(block.block.type)) fail(`Block ${op.key} cannot be revised`);
        block.segments = whole(op.segments);
        revised.add(op.key);
        return;
      }
    }
  };
  const forget = (block: Folded): void => {
    blocks.delete(block.key);
    for (const child of block.children) forget(child);
  };

  return {
    root,
    revised,
    apply(ops) {
      for (const op of ops) apply(op);
    },
  };
}

const parts = new Set<string>(['segments', 'inline', 'revise']);
const inline = new Set<string>(['paragraph', 'heading', 'tableCell']);
const literal = new Set<string>(['code', 'html', 'math']);

function holds(parent: string, child: string): boolean {
  switch (parent) {
    case 'list':
      return child === 'listItem';
    case 'table':
      return child === 'tableRow';
    case 'tableRow':
      return child === 'tableCell';
    case 'document':
    case 'blockquote':
    case 'listItem':
    case 'footnoteDefinition':
      return !['listItem', 'tableRow', 'tableCell'].includes(child);
    default:
      return false;
  }
}

/** Text joins the last node, going down through last children. */
function appended(segments: readonly Segment[], text: string): readonly Segment[] {
  const last = segments.at(-1) ?? fail('Text appended to a leaf without segments');
  return [...segments.slice(0, -1), grown(last, text)];
}

function grown(nodes: readonly Inline[], text: string): readonly Inline[] {
  const last = nodes.at(-1) ?? fail('Text appended to nothing');
  if ('children' in last) return [...nodes.slice(0, -1), { ...last, children: grown(last.children, text) }];
  if (!('text' in last)) fail(`Text appended to a ${last.type}`);
  return [...nodes.slice(0, -1), { ...last, text: last.text + text } as Inline];
}

function folded(key: BlockKey, block: Folded['block'], parent: Folded | undefined): Folded {
  return { key, block, parent, children: [], segments: [], text: '', open: true };
}

function fail(message: string): never {
  throw new Error(message);
}
