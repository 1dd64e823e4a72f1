import { type ReactNode, useRef } from 'react';
import type { Block } from '../../markdown/index.ts';
import { useColumns } from './columns.ts';
import { useMarkdown } from './context.ts';

/** A container's own element around its children. */
export interface ContainerProps<Type extends Block['type']> {
  readonly block: Extract<Block, { type: Type }>;
  /** Of a block of the answer itself: those within another have none of their own. */
  readonly dir: 'auto' | 'ltr' | 'rtl' | undefined;
  readonly children: ReactNode;
}

const parts = ['table', 'thead', 'tbody', 'tr', 'th', 'td'] as const;
const reachable = { role: 'group', 'aria-label': 'Table', tabIndex: 0 } as const;

export function Quote({ dir, children }: Omit<ContainerProps<'blockquote'>, 'block'>): ReactNode {
  const Tag = useMarkdown().options.tag('blockquote');
  return <Tag dir={dir}>{children}</Tag>;
}

interface ListProps extends ContainerProps<'list'> {
  /** Some of its items are in parts, which checkers pass through where the list says what it is. */
  readonly isGiant: boolean;
}

/** Loose or tight is a matter of looks, since a list may turn out loose after a thousand items. */
export function List({ block, dir, isGiant, children }: ListProps): ReactNode {
  const Tag = useMarkdown().options.tag(block.ordered ? 'ol' : 'ul');
  const start = block.ordered && block.start !== 1 ? { start: block.start } : {};
  return (
    <Tag dir={dir} {...start} role={isGiant ? 'list' : undefined} data-spread={block.spread ? '' : undefined}>
      {children}
    </Tag>
  );
}

interface ItemProps extends Omit<ContainerProps<'listItem'>, 'dir'> {
  readonly number: number | undefined;
}

export function Item({ block, number, children }: ItemProps): ReactNode {
  const { options } = useMarkdown();
  const Tag = options.tag('li');
  const Box = options.tag('input');
  if (block.checked === undefined) return <Tag value={number}>{children}</Tag>;
  return (
    <Tag className="sluice-task" value={number}>
      <Box type="checkbox" checked={block.checked} disabled readOnly aria-label={block.checked ? 'Done' : 'To do'} />
      {children}
    </Tag>
  );
}

interface TableProps extends Pick<ContainerProps<'table'>, 'dir'> {
  readonly header: ReactNode;
  /** One, but of a giant table. */
  readonly bodies: readonly { readonly key: number; readonly rows: ReactNode }[];
}

/** A table too wide scrolls by itself; where it may scroll, the keyboard must reach it. */
export function Table({ dir, header, bodies }: TableProps): ReactNode {
  const { options } = useMarkdown();
  const Tag = options.tag('table');
  const Head = options.tag('thead');
  const Body = options.tag('tbody');
  const box = useRef<HTMLDivElement>(null);
  // How the app's own elements are laid out is the app's.
  const isGiant = bodies.length > 1 && parts.every((name) => options.tag(name) === name);
  useColumns(box, isGiant);
  return (
    <div ref={box} className="sluice-table" data-giant={isGiant ? '' : undefined} {...reachable}>
      <Tag dir={dir}>
        {header && <Head>{header}</Head>}
        {bodies.map(({ key, rows }) => (
          <Body key={key}>{rows}</Body>
        ))}
      </Tag>
    </div>
  );
}

export function Row({ children }: Pick<ContainerProps<'tableRow'>, 'children'>): ReactNode {
  const Tag = useMarkdown().options.tag('tr');
  return <Tag>{children}</Tag>;
}
