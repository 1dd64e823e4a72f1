import type { StreamHandle, StreamRecord } from '../../client.ts';
import { type Frames, frames } from '../frame.ts';
import type { LiveText } from '../panel/display.ts';
import { type Promotions, promotions } from '../promotion.ts';
import { isSlow } from './cadence.ts';
import type { StreamDocument } from './documents.ts';
import type { Model, ModelWatcher } from './model.ts';
import type { BlockNode, GroupNode, ModelNode, RootNode } from './nodes.ts';
import { blockRoom, type Room, unitRoom } from './room.ts';

/** A node as one panel shows it. */
export interface Mount {
  readonly node: ModelNode;
  /** Of the node, as it is in the DOM. */
  readonly version: number;
  /** Of the text that only joined the leaf's end, writes what is not in the DOM yet. `false` where React has to. */
  grow(): boolean;
  /** What `grow` has left for later frames. @default false */
  isBehind?(): boolean;
  /** Something behind `kept` is no longer what it was. */
  withdraw(kept: number): void;
  /** Sets React state to what the node is now. */
  refresh(): void;
  /** Whether its text is the last there is: the cursor is behind it. */
  point?(isLast: boolean): void;
}

/**
 * What one panel shows of a document. Changes are folded into the model as they come; here is only noted which of the
 * nodes on display have changed, so that a held, hidden or off-screen panel costs as much as it shows.
 */
export interface MarkdownView extends LiveText {
  show(handle: StreamHandle, limit: number): boolean;
  isBlank(): boolean;
  /** The component of a node is in the DOM. Returns its end. */
  mount(mount: Mount): () => void;
  /** React has written what a node was at `mount.version`. */
  committed(mount: Mount): void;
  /** Number of the footnote with this label (`footnoteLabel`), once there is one. */
  footnote(label: string): number | undefined;
  /** Whether something refers to it, in what is final. */
  isReferred(label: string): boolean;
  /** Index of the first group that does; `undefined` where only another footnote does. O(blocks of the top level). */
  reference(label: string): number | undefined;
  /** Calls back when there are more footnotes, or fewer. React state may be set. */
  onFootnotes(listener: () => void): () => void;
  /** `true`: everything the model has is mounted at once, before this returns, such as for print. */
  expand(all: boolean): void;
  readonly blocks: Room;
  /** For text as it is. */
  readonly units: Room;
  /** How many children of a group have been mounted. */
  readonly reaches: WeakMap<GroupNode, number>;
  /** Leaves that show all of their text when they mount. */
  readonly whole: WeakSet<BlockNode>;
  isExpanded(): boolean;
  /** Shows this document of this stream, from the next `show` on; none: stands still. */
  follow(document: StreamDocument | undefined, record: StreamRecord | undefined): void;
}

export interface MarkdownViewOptions {
  /** What is rendered first. */
  readonly model: Model | undefined;
  /** Replaces what is rendered: another model, or none. React state. */
  readonly onModel: (model: Model | undefined) => void;
  /** Blocks of the top level that have closed and are on display, the last of them. */
  readonly onClosed: (blocks: readonly BlockNode[]) => void;
  /** A frame is wanted. */
  readonly onDirty: () => void;
  readonly loop?: () => Frames;
  readonly promoter?: () => Promotions;
  /** What has closed is committed with the frame, not in a transition. */
  readonly isHurried?: () => boolean;
}

// Who is this much behind, in a text this long, passes by what nobody could read: it is shown as often only. Code units, ms.
const behindLength = 131_072;
const longLength = 262_144;
const passingMs = 250;

// More closed blocks than this in one frame are a catch-up, not news.
const maxClosed = 8;

export function createView({
  model: first,
  onModel,
  onClosed,
  onDirty,
  loop = frames,
  promoter = promotions,
  isHurried = isSlow,
}: MarkdownViewOptions): MarkdownView {
  const mounts = new Map<ModelNode, Mount>();
  const dirty = new Set<ModelNode>();
  // Transitions on their way, with the way to give them up.
  const promoted = new Map<Mount, () => void>();
  const references = new Set<() => void>();
  let closed: BlockNode[] = [];
  let document: StreamDocument | undefined;
  let record: StreamRecord | undefined;
  // What is rendered.
  let model = first;
  let unwatch = (): void => {};
  // What the cursor is behind.
  let pointed: Mount | undefined;
  // When something was shown last, ms.
  let shownAt = 0;

  const watcher: ModelWatcher = {
    changed(node) {
      if (mounts.has(node)) dirty.add(node);
    },
    withdrawn: (node, kept) => mounts.get(node)?.withdraw(kept),
    closed(node) {
      closed.push(node);
      if (closed.length > maxClosed) closed.shift();
    },
  };

  const watch = (next: Model | undefined): void => {
    unwatch();
    for (const cancel of promoted.values()) cancel();
    promoted.clear();
    closed = [];
    unwatch = next?.watch(watcher) ?? (() => {});
  };
  const replace = (next: Model | undefined): void => {
    model = next;
    watch(next);
    loop().commit(() => onModel(next));
  };

  const promote = (mount: Mount): void => {
    const { node } = mount;
    promoted.get(mount)?.();
    const { version } = node;
    const cancel = promoter().promote({
      apply: () => mount.refresh(),
      isDone: () => mount.version >= version || mounts.get(node) !== mount,
    });
    promoted.set(mount, cancel);
  };

  const blocks = blockRoom();
  const units = unitRoom();

  let expanded = false;
  // Whether everything is in the DOM already.
  const flush = (): boolean => {
    const urgent: Mount[] = [];
    const behind: ModelNode[] = [];
    for (const node of dirty) {
      const mount = mounts.get(node);
      if (mount === undefined || (mount.version === node.version && mount.grow())) {
        if (mount?.isBehind?.()) behind.push(node);
        continue;
      }
      // What a closed leaf turns out to be can wait a little: nothing is being written there.
      if (node.kind === 'inline' && node.closed && !expanded && !isHurried() && !mount.isBehind?.()) promote(mount);
      else urgent.push(mount);
    }
    dirty.clear();
    for (const node of behind) dirty.add(node);
    if (urgent.length > 0)
      loop().commit(() => {
        for (const mount of urgent) mount.refresh();
        if (urgent.some(({ node }) => node.kind === 'footnotes')) for (const listener of references) listener();
      });
    // What is committed is only in the DOM after this; and it may be a part.
    const isShown = urgent.length === 0 && behind.length === 0;
    if (!isShown) onDirty();
    return isShown && promoted.size === 0;
  };

  // Where it is stays marked until what is behind it is there, so that it is never away in between: an item without a text has none.
  const point = (root: RootNode, isOver: boolean): void => {
    const last = lastOf(root);
    const next = isOver ? undefined : mounts.get(last);
    if (next === pointed || (!isOver && (next === undefined || last.kind === 'container'))) return;
    pointed?.point?.(false);
    next?.point?.(true);
    pointed = next;
  };

  const show = (handle: StreamHandle, limit: number): boolean => {
    if (document === undefined || handle.record !== record || document.generation !== record.generation) return false;
    if (model !== document.model) {
      if (document.length === 0 && !document.ended) return false;
      replace(document.model);
      onDirty();
      return false;
    }
    const { ended, length } = document;
    const now = performance.now();
    const wanted = Math.min(limit, record.text.length);
    const isBehind = !ended && length > longLength && wanted - length > behindLength;
    if (isBehind && now - shownAt < passingMs) return false;
    shownAt = now;
    const whole = flush();
    if (closed.length > 0) {
      onClosed(closed);
      closed = [];
    }
    const isShown = whole && (record.endedAt > 0 ? ended : document.length >= wanted);
    point(document.model.root, isShown && ended);
    return isShown;
  };

  return {
    show,
    isBlank: () => !model?.root.groups.length && !model?.root.footnotes.groups.length,
    clear() {
      // What is rendered may be of the new text already: found when the body mounted.
      if (model !== undefined && model !== document?.model) replace(undefined);
    },
    mount(mount) {
      mounts.set(mount.node, mount);
      return () => {
        if (mounts.get(mount.node) !== mount) return;
        mounts.delete(mount.node);
        dirty.delete(mount.node);
        promoted.get(mount)?.();
        if (promoted.delete(mount)) onDirty();
      };
    },
    committed(mount) {
      const isCurrent = mount.version === mount.node.version && mount.grow();
      const isShown = isCurrent && !mount.isBehind?.();
      if (!isShown) dirty.add(mount.node);
      if (!isShown || promoted.delete(mount)) onDirty();
    },
    footnote: (label) => model?.root.footnotes.definitions.get(label)?.number,
    isReferred: (label) => model?.root.footnotes.references.has(label) ?? false,
    reference(label) {
      const block = model?.root.footnotes.references.get(label);
      const index = model?.root.groups.findIndex(({ children }) => block && children.includes(block)) ?? -1;
      return index < 0 ? undefined : index;
    },
    onFootnotes(listener) {
      references.add(listener);
      return () => void references.delete(listener);
    },
    expand(all) {
      expanded = all;
      if (!all) return;
      for (const mount of promoted.keys()) dirty.add(mount.node);
      // What mounts whole has nothing to wait for.
      while (dirty.size > 0) flush();
    },
    isExpanded: () => expanded,
    blocks,
    units,
    reaches: new WeakMap(),
    whole: new WeakSet(),
    follow(nextDocument, nextRecord) {
      document = nextDocument;
      record = nextRecord;
      blocks.open();
      units.open();
      // What React has rendered stays; `show` takes it up again, or replaces it.
      watch(document !== undefined && document.model === model ? model : undefined);
    },
  };
}

// The last of what is in it, and so on; of a table without rows in its head.
function lastOf(node: BlockNode | RootNode): BlockNode | RootNode {
  if (node.kind === 'inline' || node.kind === 'literal') return node;
  const last = node.groups.at(-1)?.children.at(-1) ?? (node.kind === 'container' ? node.header : undefined);
  return last ? lastOf(last) : node;
}
