import { memo, type ReactNode } from 'react';
import { Item, List, Quote, Row, Table } from './containers.tsx';
import { useMarkdown } from './context.ts';
import { Footnote, Footnotes } from './Footnotes.tsx';
import { Leaf } from './Leaf.tsx';
import { Literal } from './Literal.tsx';
import { useGroups, useMount } from './mount.ts';
import { type BlockNode, type ContainerNode, type FootnotesNode, footnoteLabel, type GroupNode, type RootNode } from './nodes.ts';

/** The whole document: its blocks in groups the browser may skip, and its footnotes. */
export function Blocks({ root }: { readonly root: RootNode }): ReactNode {
  const groups = useGroups(root);
  return (
    <>
      {groups.map((group) => (
        <TopGroup key={group.key} group={group} />
      ))}
      <Notes node={root.footnotes} />
    </>
  );
}

interface GroupProps {
  readonly group: GroupNode;
}

const TopGroup = memo(function TopGroup({ group }: GroupProps): ReactNode {
  const { children, isFull } = useMount(group, () => ({ children: group.children, isFull: group.full }));
  return (
    <div className="sluice-blocks" data-sealed={isFull ? '' : undefined}>
      {children.map((node) => (
        <Block key={node.key} node={node} isTop />
      ))}
    </div>
  );
});

const Group = memo(function Group({ group }: GroupProps): ReactNode {
  const children = useMount(group, () => group.children);
  return children.map((node) => <Block key={node.key} node={node} isTop={false} />);
});

/** A group's change renders the group, and of a container's children only those groups that are new. */
function groupsOf(groups: readonly GroupNode[]): ReactNode {
  return groups.map((group) => <Group key={group.key} group={group} />);
}

interface BlockProps {
  readonly node: BlockNode;
  readonly isTop: boolean;
}

const Block = memo(function Block({ node, isTop }: BlockProps): ReactNode {
  switch (node.kind) {
    case 'inline':
      return <Leaf node={node} isTop={isTop} />;
    case 'literal':
      return <Literal node={node} />;
    case 'container':
      return node.block.type === 'thematicBreak' ? <Break /> : <Container node={node} isTop={isTop} />;
  }
});

function Break(): ReactNode {
  const Tag = useMarkdown().options.tag('hr');
  return <Tag />;
}

function Container({ node, isTop }: BlockProps & { readonly node: ContainerNode }): ReactNode {
  const groups = useGroups(node);
  const children = groupsOf(groups);
  // Read beside the groups: both are what the node was when it was rendered last.
  const { block, header } = node;
  switch (block.type) {
    case 'blockquote':
      return (
        <Quote block={block} isTop={isTop}>
          {children}
        </Quote>
      );
    case 'list':
      return (
        <List block={block} isTop={isTop}>
          {children}
        </List>
      );
    case 'listItem':
      return (
        <Item block={block} isTop={isTop}>
          {children}
        </Item>
      );
    case 'table':
      return (
        <Table block={block} isTop={isTop} header={header && <Block node={header} isTop={false} />}>
          {children}
        </Table>
      );
    case 'tableRow':
      return <Row isTop={false}>{children}</Row>;
    case 'footnoteDefinition':
      return <Footnote label={footnoteLabel(block.label)}>{children}</Footnote>;
    default:
      return children;
  }
}

function Notes({ node }: { readonly node: FootnotesNode }): ReactNode {
  const groups = useGroups(node);
  return groups.length === 0 ? null : <Footnotes>{groupsOf(groups)}</Footnotes>;
}
