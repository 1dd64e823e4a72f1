import type { Definition, Node, Parents, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { Inline, MarkdownSyntax } from '../../src/markdown/index.ts';
import { mathSyntax, mathToMdast } from './math.ts';
import { inlineTree, type Tree } from './tree.ts';

/** The oracle's CommonMark without GFM. */
export function parseCommonMark(text: string): Tree {
  const root = fromMarkdown(text.replace(/\r\n?/g, '\n'));
  const definitions = new Map<string, Definition>();
  collect(root, definitions);
  return { type: 'document', children: blocksOf(root.children, definitions) };
}

/**
 * What micromark and mdast make of a whole text, in the shape of `tree.ts`. Normalised:
 * - positions, and `data`, which only say how to render, are left out;
 * - definitions are resolved, as the parser does: a reference is the link or image it stands for;
 * - a list is `spread` if it or an item of it is: CommonMark's looseness, which mdast spreads over both;
 * - bullet lists start at 1, as nobody looks;
 * - HTML that nothing closes has no blank lines at its end, as in the reference implementation; mdast keeps those at the end of the text;
 * - line breaks in inline code are spaces, as the specification says; mdast leaves that to what renders;
 * - a line of a paragraph has no indentation, in inline code and HTML either, as the specification says; mdast keeps some;
 * - an info string ends without spaces, as the specification says;
 * - line breaks are `\n`, which mdast leaves as they are in code and HTML;
 * - cells beyond the header's are left out, as GFM says; mdast keeps them;
 * - labels of footnotes are lower case: they match in any.
 */
export function parseWhole(text: string, { math: withMath = false }: MarkdownSyntax): Tree {
  const root = fromMarkdown(text.replace(/\r\n?/g, '\n'), {
    extensions: withMath ? [gfm(), ...mathSyntax] : [gfm()],
    mdastExtensions: withMath ? [gfmFromMarkdown(), ...mathToMdast] : [gfmFromMarkdown()],
  });
  const definitions = new Map<string, Definition>();
  collect(root, definitions);
  return { type: 'document', children: blocksOf(root.children, definitions) };
}

type Definitions = ReadonlyMap<string, Definition>;

function collect(node: Node, definitions: Map<string, Definition>): void {
  if (node.type === 'definition') {
    const definition = node as Definition;
    if (!definitions.has(definition.identifier)) definitions.set(definition.identifier, definition);
  }
  if ('children' in node) for (const child of (node as Parents).children) collect(child, definitions);
}

function blocksOf(nodes: readonly RootContent[], definitions: Definitions): Tree[] {
  return nodes.filter(({ type }) => type !== 'definition').map((node) => blockOf(node, definitions));
}

function blockOf(node: RootContent, definitions: Definitions): Tree {
  switch (node.type) {
    case 'paragraph':
    case 'tableCell':
      return { type: node.type, children: inlineTree(inlinesOf(node.children, definitions)) };
    case 'heading':
      return { type: 'heading', depth: node.depth, children: inlineTree(inlinesOf(node.children, definitions)) };
    case 'thematicBreak':
      return { type: 'thematicBreak' };
    case 'list': {
      const spread = node.spread === true || node.children.some((item) => item.spread === true);
      return {
        type: 'list',
        ordered: node.ordered === true,
        start: node.start ?? 1,
        spread,
        children: blocksOf(node.children, definitions),
      };
    }
    case 'listItem':
      return {
        type: 'listItem',
        checked: node.checked ?? undefined,
        spread: node.spread === true,
        children: blocksOf(node.children, definitions),
      };
    case 'code':
      return { type: 'code', language: node.lang ?? '', meta: (node.meta ?? '').trimEnd(), text: node.value };
    case 'html':
      return { type: 'html', text: node.value.replace(/(\n[ \t]*)+$/, '') };
    case 'math':
      return { type: 'math', text: node.value };
    case 'table': {
      const columns = node.children[0]?.children.length ?? 0;
      return {
        type: 'table',
        align: Array.from({ length: columns }, (_, index) => node.align?.[index] ?? undefined),
        children: node.children.map((row, index) => ({
          type: 'tableRow',
          header: index === 0,
          children: blocksOf(row.children.slice(0, columns), definitions),
        })),
      };
    }
    case 'footnoteDefinition':
      return { type: node.type, label: (node.label ?? '').toLowerCase(), children: blocksOf(node.children, definitions) };
    case 'blockquote':
      return { type: node.type, children: blocksOf(node.children, definitions) };
    default:
      throw new Error(`Not a block: ${node.type}`);
  }
}

function inlinesOf(nodes: readonly RootContent[], definitions: Definitions): Inline[] {
  return nodes.map((node): Inline => {
    switch (node.type) {
      case 'text':
        return { type: 'text', text: node.value };
      case 'emphasis':
      case 'strong':
      case 'delete':
        return { type: node.type, children: inlinesOf(node.children, definitions) };
      case 'inlineCode':
        return { type: 'inlineCode', text: node.value.replace(/\n[ \t]*/g, ' ') };
      case 'html':
        return { type: 'html', text: node.value.replace(/\n[ \t]+/g, '\n') };
      case 'inlineMath':
        return { type: node.type, text: node.value };
      case 'break':
        return { type: 'break' };
      case 'link':
        return { type: 'link', url: node.url, title: node.title ?? undefined, children: inlinesOf(node.children, definitions) };
      case 'image':
        return { type: 'image', url: node.url, title: node.title ?? undefined, alt: node.alt ?? '' };
      case 'linkReference':
      case 'imageReference': {
        const definition = definitions.get(node.identifier);
        if (!definition) throw new Error(`No definition of ${node.identifier}`);
        const target = { url: definition.url, title: definition.title ?? undefined };
        if (node.type === 'imageReference') return { type: 'image', ...target, alt: node.alt ?? '' };
        return { type: 'link', ...target, children: inlinesOf(node.children, definitions) };
      }
      case 'footnoteReference':
        return { type: 'footnoteReference', label: node.label ?? node.identifier };
      default:
        throw new Error(`Not an inline: ${node.type}`);
    }
  });
}
