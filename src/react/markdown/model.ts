import type { Block, BlockKey, BlockOp, Segment } from '../../markdown/index.ts';
import { GrowingText } from './growing.ts';
import { countOf, hasMath, isLongWith, noBoxes, referred, replaceFrom, withTail } from './inline.ts';
import {
  type BlockNode,
  type ContainerNode,
  type FootnotesNode,
  footnoteLabel,
  type GroupNode,
  groupSize,
  groupWeight,
  type InlineNode,
  type ModelNode,
  type ParentNode,
  plainGroups,
  type RootNode,
} from './nodes.ts';

/** Told of each change while it is folded in; cheap, since display comes later. */
export interface ModelWatcher {
  changed(node: ModelNode): void;
  /** Of a literal leaf's text only this many code units are still what they were. */
  withdrawn(node: ModelNode, kept: number): void;
  /** A block of the top level has closed. */
  closed(node: BlockNode): void;
}

/** One document, folded from the parser's operations: O(operation) each, whatever the document's length. */
export interface Model {
  /** Unlike that of any other model. */
  readonly id: number;
  readonly root: RootNode;
  fold(ops: readonly BlockOp[]): void;
  watch(watcher: ModelWatcher): () => void;
}

let models = 0;

export function createModel(): Model {
  const footnotes: FootnotesNode = { kind: 'footnotes', version: 0, groups: [], definitions: new Map(), references: new Map() };
  const root: RootNode = { kind: 'root', version: 0, groups: [], footnotes };
  const nodes = new Map<BlockKey, BlockNode>();
  const watchers = new Set<ModelWatcher>();
  let outline: readonly number[] = [];
  let groupsMade = 0;
  // Of an operation that comes in parts.
  const begun: Segment[] = [];

  const changed = (node: ModelNode): void => {
    for (const watcher of watchers) watcher.changed(node);
  };
  const touch = (node: ModelNode): void => {
    node.version += 1;
    changed(node);
  };

  const open = (key: BlockKey, parentKey: BlockKey, block: Block): void => {
    const found = parentKey === 0 ? root : nodes.get(parentKey);
    const parent = found === undefined || found.kind === 'inline' || found.kind === 'literal' ? root : found;
    const node = createNode(key, parent, block, outline);
    if (block.type === 'heading') outline = below(outline, block.depth);
    nodes.set(key, node);
    if (block.type === 'footnoteDefinition') define(node, block.label);
    else if (node.kind === 'container' && block.type === 'tableRow' && block.header && parent.kind === 'container') {
      parent.header = node;
      touch(parent);
    } else insert(parent, node);
  };

  // The first definition of a label counts.
  const define = (node: BlockNode, label: string): void => {
    const name = footnoteLabel(label);
    if (footnotes.definitions.has(name)) return;
    footnotes.definitions.set(name, { number: footnotes.definitions.size + 1, node });
    insert(footnotes, node);
    touch(footnotes);
  };

  const insert = (parent: ParentNode, node: BlockNode): void => {
    const last = parent.groups.at(-1);
    if (last !== undefined && !last.full && !(node.block.type === 'listItem' && isHeavy(last))) {
      last.children = [...last.children, node];
      last.full = last.children.length >= groupSize;
      touch(last);
      return;
    }
    // A new one in the place of one that was withdrawn is another.
    groupsMade += 1;
    if (node.kind === 'container') node.leads = parent.groups.length >= plainGroups;
    const group: GroupNode = { kind: 'group', key: groupsMade, version: 0, children: [node], at: childrenOf(parent), full: false };
    parent.groups = [...parent.groups, group];
    touch(parent);
  };

  const remove = (node: BlockNode): void => {
    forget(node);
    if (node.kind === 'container') {
      if (node.header !== undefined) remove(node.header);
      for (const group of node.groups) for (const child of group.children) forget(child);
    }
    const { parent } = node;
    if (node.block.type === 'heading' && node.kind === 'inline') outline = node.outline;
    if (node.block.type === 'footnoteDefinition') {
      const shown = footnotes.groups.at(-1)?.children.at(-1) === node;
      if (shown) {
        footnotes.definitions.delete(footnoteLabel(node.block.label));
        withdraw(footnotes);
        touch(footnotes);
      }
    } else if (parent.kind === 'container' && parent.header === node) {
      parent.header = undefined;
      touch(parent);
    } else withdraw(parent);
  };

  const forget = (node: BlockNode): void => {
    nodes.delete(node.key);
    const top = topOf(node);
    if (node.kind !== 'inline') return;
    node.version = -1;
    changed(node);
    // What is in another block goes with it, or says the same again.
    if (nodes.has(top.key)) return;
    const { definitions, references } = footnotes;
    for (const name of referred(node.boxes.flat(2))) {
      if (references.get(name) !== top) continue;
      references.delete(name);
      const definition = definitions.get(name);
      if (definition) touch(definition.node);
    }
  };

  // Takes the last child away.
  const withdraw = (parent: ParentNode): void => {
    const last = parent.groups.at(-1);
    if (last === undefined) return;
    if (last.children.length === 1) {
      parent.groups = parent.groups.slice(0, -1);
      touch(parent);
      return;
    }
    last.children = last.children.slice(0, -1);
    last.full = false;
    touch(last);
  };

  // A table's alignment is that of its cells. It changes before there are rows.
  const touchCells = (node: ContainerNode): void => {
    if (node.header !== undefined) touchCells(node.header);
    for (const group of node.groups) {
      for (const child of group.children) {
        if (child.kind === 'container') touchCells(child);
        else touch(child);
      }
    }
  };

  // The leaf's text is final.
  const refer = (node: InlineNode): void => {
    const top = topOf(node);
    const { definitions, references } = footnotes;
    // What is not shown refers to nothing.
    if (top.block.type === 'footnoteDefinition' && definitions.get(footnoteLabel(top.block.label))?.node !== top) return;
    for (const name of referred(node.boxes.flat(2))) {
      const definition = definitions.get(name);
      const first = references.get(name);
      if (definition && !first) touch(definition.node);
      if (!first || placeOf(top) < placeOf(first)) references.set(name, top);
    }
  };

  const apply = (op: BlockOp): void => {
    if (op.type === 'open') {
      open(op.key, op.parent, op.block);
      return;
    }
    const node = nodes.get(op.key);
    if (node === undefined) return;
    switch (op.type) {
      case 'set':
        node.block = op.block;
        touch(node);
        if (node.kind === 'container' && op.block.type === 'table') touchCells(node);
        break;
      case 'append':
        if (node.kind === 'literal') node.text.append(op.text);
        else if (node.kind === 'inline') {
          node.tail += op.text;
          if (isLongWith(node.boxes, node.tail.length)) apply({ type: 'inline', key: op.key, from: countOf(node.boxes), segments: [] });
        }
        changed(node);
        break;
      case 'inline':
      case 'revise':
        if (node.kind !== 'inline') break;
        // What stays is what it has become.
        node.boxes = replaceFrom(withTail(node.boxes, node.tail), op.from, [...begun.splice(0), ...op.segments]);
        node.tail = '';
        touch(node);
        if (node.closed) refer(node);
        break;
      case 'segments':
        begun.push(...op.segments);
        break;
      case 'literal':
        if (node.kind !== 'literal') break;
        if (op.from < node.text.length) {
          node.text.truncate(op.from);
          for (const watcher of watchers) watcher.withdrawn(node, op.from);
        }
        node.text.append(op.text);
        changed(node);
        break;
      case 'remove':
        remove(node);
        break;
      case 'close':
        node.closed = true;
        // Only what is final is rendered as math, or joined.
        if (node.kind === 'inline') refer(node);
        if (node.kind === 'literal' || (node.kind === 'inline' && (node.boxes.length > 1 || hasMath(node.boxes)))) touch(node);
        if (node.parent.kind === 'root') for (const watcher of watchers) watcher.closed(node);
        break;
    }
  };

  models += 1;
  return {
    id: models,
    root,
    fold(ops) {
      for (const op of ops) apply(op);
    },
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
}

// Where a heading is in the outline: each level is a depth there was, so that none is left out.
export function below(outline: readonly number[], depth: number): readonly number[] {
  return [...outline.filter((other) => other < depth), depth];
}

// The block of the top level it is in, or the footnote.
function topOf(node: BlockNode): BlockNode {
  const { parent } = node;
  return parent.kind === 'container' && node.block.type !== 'footnoteDefinition' ? topOf(parent) : node;
}

// Footnotes are behind all others.
function placeOf({ block, key }: BlockNode): number {
  return block.type === 'footnoteDefinition' ? Number.POSITIVE_INFINITY : key;
}

function childrenOf({ groups }: ParentNode): number {
  const last = groups.at(-1);
  return last === undefined ? 0 : last.at + last.children.length;
}

// By what is in it now: what is withdrawn and comes again counts once.
function isHeavy(group: GroupNode): boolean {
  return weightOf(group, 0) >= groupWeight;
}

// No further than that.
function weightOf({ children }: GroupNode, before: number): number {
  let weight = before + children.length;
  for (const child of children) {
    if (child.kind !== 'container') continue;
    for (const group of child.groups) {
      if (weight >= groupWeight) return weight;
      weight = weightOf(group, weight);
    }
  }
  return weight;
}

function createNode(key: BlockKey, parent: ParentNode, block: Block, outline: readonly number[]): BlockNode {
  const common = { key, parent, block, closed: false, version: 0 };
  switch (block.type) {
    case 'paragraph':
    case 'heading':
    case 'tableCell':
      return { ...common, kind: 'inline', boxes: noBoxes, tail: '', outline, index: childrenOf(parent) };
    case 'code':
    case 'html':
    case 'math':
      return { ...common, kind: 'literal', text: new GrowingText() };
    default:
      return { ...common, kind: 'container', groups: [], header: undefined, leads: false };
  }
}
