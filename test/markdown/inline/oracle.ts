import type { Definition, Nodes, PhrasingContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Inline } from '../../../src/markdown/blocks.ts';
import { normaliseLabel } from '../../../src/markdown/inline/label.ts';
import type { References } from '../../../src/markdown/inline/references.ts';
import { mathSyntax, mathToMdast } from '../math.ts';

/** What the texts of these tests may refer to. */
const definitions = '[foo]: /url "title"\n[bar]: <b c>\n\n[^n]: note\n\n[^*]: star\n\n';

export const references: References = {
  link: (label) => (label === 'FOO' ? { url: '/url', title: 'title' } : label === 'BAR' ? { url: 'b c', title: undefined } : undefined),
  footnote: (label) => label === 'N' || label === '*',
};

const blocks = [
  'blockQuote',
  'codeFenced',
  'codeIndented',
  'headingAtx',
  'htmlFlow',
  'list',
  'setextUnderline',
  'thematicBreak',
  'table',
  'mathFlow',
];

/** The paragraph that micromark and mdast make of a text, `undefined` if it is not exactly one. */
export function oracle(text: string, options: { math: boolean }): Inline[] | undefined {
  const tree = fromMarkdown(definitions + text, {
    extensions: [gfm(), ...(options.math ? mathSyntax : []), { disable: { null: blocks } }],
    mdastExtensions: [gfmFromMarkdown(), ...(options.math ? mathToMdast : [])],
  });
  const known = fromMarkdown(definitions, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children.length;
  const paragraph = tree.children[known];
  if (tree.children.length !== known + 1 || paragraph?.type !== 'paragraph') return undefined;
  return joined(convertAll(paragraph.children, references));
}

/** Adjacent text is one, wherever the segments end. */
export function joined(nodes: readonly Inline[]): Inline[] {
  const result: Inline[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    if (node.type === 'text' && last?.type === 'text') result[result.length - 1] = { type: 'text', text: last.text + node.text };
    else if ('children' in node) result.push({ ...node, children: joined(node.children) });
    else result.push(node);
  }
  return result;
}

/** mdast's inlines as ours, references resolved. */
export function convertAll(nodes: readonly PhrasingContent[], known: References): Inline[] {
  return nodes.flatMap((node) => convert(node, known));
}

function convert(node: PhrasingContent | Nodes, known: References): Inline[] {
  switch (node.type) {
    case 'text':
      return [{ type: 'text', text: node.value }];
    // Line endings of code are spaces (https://spec.commonmark.org/0.31.2/#code-spans), which mdast leaves to the renderer.
    case 'inlineCode':
      return [{ type: node.type, text: node.value.replaceAll('\n', ' ') }];
    case 'html':
    case 'inlineMath':
      return [{ type: node.type, text: node.value }];
    case 'break':
      return [{ type: 'break' }];
    case 'emphasis':
    case 'strong':
    case 'delete':
      return [{ type: node.type, children: convertAll(node.children, known) }];
    case 'link':
      return [{ type: 'link', url: node.url, title: node.title ?? undefined, children: convertAll(node.children, known) }];
    case 'linkReference':
      return [{ type: 'link', ...target(node.identifier, known), children: convertAll(node.children, known) }];
    case 'image':
      return [{ type: 'image', url: node.url, title: node.title ?? undefined, alt: node.alt ?? '' }];
    case 'imageReference':
      return [{ type: 'image', ...target(node.identifier, known), alt: node.alt ?? '' }];
    case 'footnoteReference':
      return [{ type: 'footnoteReference', label: node.label ?? '' }];
    default:
      throw new Error(`no inline: ${node.type}`);
  }
}

function target(label: string, known: References): Pick<Definition, 'url'> & { title: string | undefined } {
  const found = known.link(normaliseLabel(label));
  if (!found) throw new Error(`not defined: ${label}`);
  return found;
}
