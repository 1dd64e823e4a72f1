import type { Code } from './code.ts';
import type { Heading } from './heading.ts';
import type { Html } from './html.ts';
import type { MathBlock } from './math.ts';
import type { Paragraph } from './paragraph.ts';
import type { Table } from './table.ts';

/** The open block that holds text: what the line goes to once it is known what it is. */
export type Leaf = Code | Heading | Html | MathBlock | Paragraph | Table;
