import { Fragment, memo, type ReactNode, useRef } from 'react';
import { Item, List, Quote, Row, Table } from './containers.tsx';
import { useMarkdown } from './context.ts';
import { directionOf } from './direction.ts';
import { Footnote, Footnotes } from './Footnotes.tsx';
import { Leaf } from './Leaf.tsx';
import { Literal } from './Literal.tsx';
import { longAt, useLong } from './long/useLong.ts';
import { useCells, useChildren, useGroups } from './mount.ts';
import {
  type BlockNode,
  type ContainerNode,
  type FootnotesNode,
  footnoteLabel,
  type GroupNode,
  groupSize,
  plainGroups,
  type RootNode,
} from './nodes.ts';

/** The whole document: its blocks in groups the browser may skip, of a long one those near the sight; and its footnotes. */
export function Blocks({ root }: { readonly root: RootNode }): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  const groups = useGroups(root, longAt);
  const { rows, isLong, isWhole, measure } = useLong(list, root, groups);
  return (
    <>
      <div ref={list} className="sluice-list" data-long={isLong ? (isWhole ? 'whole' : 'part') : undefined}>
        {rows.map(({ group, index, gap, height }) => (
          <Fragment key={group.key}>
            {gap && <Gap from={index - gap.count} {...gap} />}
            <TopGroup group={group} index={index} height={isWhole ? height : undefined} measure={measure} />
          </Fragment>
        ))}
      </div>
      <Notes node={root.footnotes} />
    </>
  );
}

interface GapProps {
  readonly from: number;
  readonly count: number;
  readonly height: number;
}

// Has the height of the groups that are left out.
function Gap({ from, count, height }: GapProps): ReactNode {
  return <div className="sluice-gap" data-from={from} data-count={count} style={{ height }} />;
}

interface GroupProps {
  readonly group: GroupNode;
}

interface TopGroupProps extends GroupProps {
  readonly index: number;
  /** Known, while the browser may skip it; px. */
  readonly height: number | undefined;
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
}

const TopGroup = memo(function TopGroup({ group, index, height, measure }: TopGroupProps): ReactNode {
  const children = useChildren(group);
  const isFull = group.full && children.length === group.children.length;
  const style = height === undefined ? {} : { style: { containIntrinsicBlockSize: `auto ${height}px` } };
  return (
    <div ref={measure} className="sluice-blocks" data-index={index} data-sealed={isFull ? '' : undefined} {...style}>
      {children.map((node) => (
        <Block key={node.key} node={node} isTop />
      ))}
    </div>
  );
});

const Group = memo(function Group({ group }: GroupProps): ReactNode {
  const children = useChildren(group);
  return children.map((node) => <Block key={node.key} node={node} isTop={false} />);
});

// Never a part of them, so that no row is short of one.
const Cells = memo(function Cells({ group }: GroupProps): ReactNode {
  const cells = useCells(group);
  return cells.map((node) => <Block key={node.key} node={node} isTop={false} />);
});

interface PartProps extends GroupProps {
  /** Number of the list's first item, where it is ordered. */
  readonly start: number | undefined;
}

// Some items of a giant list, or blocks of a giant quote, in a box that is laid out by itself: without it each item that is
// added lays out all the others. No part of the structure for assistive technology, nor for numbers.
const Part = memo(function Part({ group, start }: PartProps): ReactNode {
  const children = useChildren(group);
  return (
    <Box>
      {children.map((node, index) => (
        <Block key={node.key} node={node} isTop={false} number={start === undefined || index > 0 ? undefined : start + group.at} />
      ))}
    </Box>
  );
});

function Box({ isWide = false, children }: { readonly isWide?: boolean; readonly children: ReactNode }): ReactNode {
  return (
    <div role="none" className="sluice-part" data-wide={isWide ? '' : undefined}>
      {children}
    </div>
  );
}

// Parts are in parts of so many: what a frame passes over are the few near the end.
const partsInPart = 16;

interface PartsProps extends Pick<PartProps, 'start'> {
  readonly groups: readonly GroupNode[];
}

const Parts = memo(
  function Parts({ groups, start }: PartsProps): ReactNode {
    // Of four digits and more.
    const isWide = start !== undefined && start + (groups[0]?.at ?? 0) + partsInPart * groupSize >= 1000;
    return (
      <Box isWide={isWide}>
        {groups.map((group) => (
          <Part key={group.key} group={group} start={start} />
        ))}
      </Box>
    );
  },
  (before, { groups, start }) => before.groups.length === groups.length && before.groups.at(-1) === groups.at(-1) && before.start === start,
);

function partsOf(groups: readonly GroupNode[], start?: number): ReactNode {
  const parts: ReactNode[] = [];
  for (let at = plainGroups; at < groups.length; at += partsInPart)
    parts.push(<Parts key={at} groups={groups.slice(at, at + partsInPart)} start={start} />);
  return [groupsOf(groups.slice(0, plainGroups)), parts];
}

// From this group on those of a table are bodies of their own: the browser lays out anew only the one that a row is added to.
function bodiesOf(groups: readonly GroupNode[]): readonly { readonly key: number; readonly rows: ReactNode }[] {
  const first = groupsOf(groups.slice(0, plainGroups));
  const bodies = groups.slice(plainGroups).map((group) => ({ key: group.key, rows: <Group group={group} /> }));
  return [{ key: 0, rows: first }, ...bodies];
}

// A group's change renders the group, and of a container's children only those groups that are new.
function groupsOf(groups: readonly GroupNode[]): ReactNode {
  return groups.map((group) => <Group key={group.key} group={group} />);
}

interface BlockProps {
  readonly node: BlockNode;
  readonly isTop: boolean;
  /** Of an item that says its number. */
  readonly number?: number | undefined;
}

const Block = memo(function Block({ node, isTop, number }: BlockProps): ReactNode {
  switch (node.kind) {
    case 'inline':
      return <Leaf node={node} isTop={isTop} />;
    case 'literal':
      return <Literal node={node} />;
    case 'container':
      return node.block.type === 'thematicBreak' ? <Break /> : <Container node={node} isTop={isTop} number={number} />;
  }
});

function Break(): ReactNode {
  const Tag = useMarkdown().options.tag('hr');
  return <Tag />;
}

function Container({ node, isTop, number }: BlockProps & { readonly node: ContainerNode }): ReactNode {
  const groups = useGroups(node, node.block.type === 'tableRow' ? 0 : undefined);
  // Read beside the groups: both are what the node was when it was rendered last.
  const { block, header } = node;
  const dir = isTop ? directionOf(node) : undefined;
  switch (block.type) {
    case 'blockquote':
      return <Quote dir={dir}>{partsOf(groups)}</Quote>;
    case 'list':
      return (
        <List block={block} dir={dir} isGiant={groups.length > plainGroups}>
          {partsOf(groups, block.ordered ? block.start : undefined)}
        </List>
      );
    case 'listItem':
      return (
        <Item block={block} number={number}>
          {groupsOf(groups)}
        </Item>
      );
    case 'table':
      return <Table dir={dir} header={header && <Block node={header} isTop={false} />} bodies={bodiesOf(groups)} />;
    case 'tableRow':
      return (
        <Row>
          {groups.map((group) => (
            <Cells key={group.key} group={group} />
          ))}
        </Row>
      );
    case 'footnoteDefinition':
      return <Footnote label={footnoteLabel(block.label)}>{groupsOf(groups)}</Footnote>;
    default:
      return groupsOf(groups);
  }
}

function Notes({ node }: { readonly node: FootnotesNode }): ReactNode {
  const groups = useGroups(node);
  return groups.length === 0 ? null : <Footnotes>{groupsOf(groups)}</Footnotes>;
}
