import { Component, type ContextType, createElement, memo, type ReactNode } from 'react';
import type { Segment } from '../../markdown/index.ts';
import { MarkdownContext, type MarkdownScope } from './context.ts';
import { leafElement } from './element.ts';
import { Run } from './Inlines.tsx';
import { type Boxes, isContinued, withTail } from './inline.ts';
import type { InlineNode } from './nodes.ts';
import { boxWeight } from './room.ts';
import { leaveSelection, restoreSelection, type SavedSelection, saveSelection, takeSelection } from './selection.ts';
import { findTail, type Tail } from './tail.ts';
import type { Mount } from './view.ts';

export interface LeafProps {
  readonly node: InlineNode;
  // Of the answer itself, not of another block.
  readonly isTop: boolean;
}

interface LeafState {
  // Less than 0: not all of it.
  readonly version: number;
  readonly boxes: Boxes;
  // So many of them are in the DOM, the others come with later frames.
  readonly reach: number;
  // How much of the node's tail is in `boxes`.
  readonly tailLength: number;
  readonly isClosed: boolean;
}

// A paragraph, heading or cell. React renders it when its structure changes; text that joins its end is appended to its
// last text node. A class, because only `getSnapshotBeforeUpdate` sees the DOM right before React changes it.
export class Leaf extends Component<LeafProps, LeafState, SavedSelection | null> implements Mount {
  static override contextType: typeof MarkdownContext = MarkdownContext;
  declare context: ContextType<typeof MarkdownContext>;
  override state: LeafState = this.#next(unmounted);
  #element: Element | null = null;
  #tail: Tail | undefined;
  // Of the node's tail, in the DOM.
  #tailLength = 0;
  #version = -1;
  #unmount: (() => void) | undefined;

  get node(): InlineNode {
    return this.props.node;
  }

  get version(): number {
    return this.#version;
  }

  override shouldComponentUpdate(_props: LeafProps, state: LeafState): boolean {
    return state !== this.state;
  }

  override componentDidMount(): void {
    this.#unmount = this.#scope.view.mount(this);
    this.#committed();
    if (this.#element) takeSelection(this.#element);
  }

  override getSnapshotBeforeUpdate(): SavedSelection | null {
    const selection = this.#element && saveSelection(this.#element);
    this.#tail?.shrink();
    return selection;
  }

  override componentDidUpdate(_props: LeafProps, _state: LeafState, selection?: SavedSelection | null): void {
    this.#committed();
    if (selection && this.#element) restoreSelection(this.#element, selection);
  }

  override componentWillUnmount(): void {
    this.#unmount?.();
  }

  override render(): ReactNode {
    const { tag, attributes } = leafElement(this.node, this.#scope.options, this.props.isTop);
    const { version, boxes, reach, isClosed } = this.state;
    const last = boxes.findLastIndex((box) => !isContinued(box));
    const isJoined = isClosed && version >= 0 && boxes.length <= mostJoined;
    const rendered = boxes.slice(0, reach).map((segments, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a box is its place
      <Box key={index} segments={segments} isFirst={index === 0} isJoined={isJoined} isFinal={isClosed || index < last} />
    ));
    return createElement(tag, { ...attributes, ref: this.#ref }, ...rendered);
  }

  grow(): boolean {
    const { tail } = this.node;
    if (tail.length === this.#tailLength) return true;
    if (this.#element === null) return false;
    this.#tail ??= findTail(this.#element, this.state.boxes.at(-1)?.at(-1) ?? []);
    if (this.#tail === undefined) return false;
    this.#tail.grow(tail.slice(this.#tailLength));
    this.#tailLength = tail.length;
    return true;
  }

  withdraw(): void {}

  point(isLast: boolean): void {
    this.#element?.toggleAttribute('data-cursor', isLast);
  }

  isBehind(): boolean {
    return this.state.version < 0;
  }

  refresh(): void {
    if (this.node.version >= 0) this.setState(this.#next(this.state));
    else if (this.#element) leaveSelection(this.#element);
  }

  get #scope(): MarkdownScope {
    if (this.context === undefined) throw new Error('A leaf of Markdown is only rendered in a Markdown body.');
    return this.context;
  }

  #ref = (element: Element | null): void => {
    this.#element = element;
  };

  // What the node is now, as far as this frame can afford it.
  #next({ boxes: before, reach }: typeof unmounted): LeafState {
    const { tail, version, closed: isClosed } = this.node;
    const { view } = this.#scope;
    const boxes = withTail(this.node.boxes, tail);
    const more = Math.max(0, boxes.length - reach);
    const left = view.blocks.left();
    // What only moves on to the next box is not away in between.
    const isWhole = view.isExpanded() || view.whole.has(this.node) || (before.length === reach && more < 4);
    const given = isWhole ? more : view.blocks.take(more * boxWeight, left && boxWeight, boxWeight) / boxWeight;
    const isBehind = given < more;
    return { version: isBehind ? -1 : version, boxes, reach: isBehind ? reach + given : boxes.length, tailLength: tail.length, isClosed };
  }

  #committed(): void {
    const { version, tailLength } = this.state;
    this.#version = version;
    this.#tail = undefined;
    this.#tailLength = tailLength;
    this.#scope.view.committed(this);
  }
}

const unmounted: Pick<LeafState, 'boxes' | 'reach'> = { boxes: [], reach: 1 };

interface BoxProps {
  readonly segments: readonly Segment[];
  readonly isFirst: boolean;
  // Flows on from the box in front of it.
  readonly isJoined: boolean;
  readonly isFinal: boolean;
}

// Boxes of a closed leaf that are one flow of text again, without the line breaks between them: some 32 KB. Laid out once; of
// 100 KB that would be 40 ms.
const mostJoined = 8;

// Some kilobytes of a leaf, each box but the first a block of its own: what grows lays out itself and not what is in front of it.
const Box = memo(function Box({ segments, isFirst, isJoined, isFinal }: BoxProps): ReactNode {
  const last = segments.length - 1;
  const runs = segments.map((segment, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a segment is its place
    <Run key={index} segment={segment} isFinal={isFinal || index < last} />
  ));
  return isFirst ? runs : <span className={isJoined ? undefined : 'sluice-box'}>{runs}</span>;
});
