import type { Inline, Segment } from '../../../src/markdown/blocks.ts';
import type { InlineContent } from '../../../src/markdown/inline/content.ts';

/** A leaf as a page folds it. */
export interface Page {
  readonly segments: readonly Segment[];
  /** How many changes there were of each kind. */
  readonly appends: number;
  readonly inlines: number;
  /** Lets the content work until done, and shows what changed. */
  show(isLate?: () => boolean): void;
}

export function createPage(content: InlineContent): Page {
  let segments: readonly Segment[] = [];
  const count = { append: 0, inline: 0 };
  return {
    get segments() {
      return segments;
    },
    get appends() {
      return count.append;
    },
    get inlines() {
      return count.inline;
    },
    show(isLate = () => false) {
      while (!content.advance(isLate));
      const change = content.take();
      if (!change) return;
      count[change.type] += 1;
      if (change.type === 'inline') {
        if (change.from > segments.length) throw new Error('a segment is missing');
        segments = [...segments.slice(0, change.from), ...change.segments];
        return;
      }
      const last = segments.at(-1);
      if (!last) throw new Error('nothing to append to');
      segments = [...segments.slice(0, -1), grown(last, change.text)];
    },
  };
}

/** All the text on display. */
export function textOf(nodes: readonly Inline[]): string {
  return nodes.map((node) => ('children' in node ? textOf(node.children) : 'text' in node ? node.text : '')).join('');
}

function grown(nodes: readonly Inline[], text: string): Inline[] {
  const last = nodes.at(-1);
  if (last && 'children' in last) return [...nodes.slice(0, -1), { ...last, children: grown(last.children, text) }];
  if (last && 'text' in last) return [...nodes.slice(0, -1), { ...last, text: last.text + text }];
  throw new Error('no text to append to');
}

/** Whether the text's characters occur in the source in this order. Spaces may be line endings; a reference is followed by what it stands for. */
export function isWithin(text: string, source: string): boolean {
  const from = source
    .replace(/&(amp|#35|commat|lt);/g, (all, name: string) => all + ({ amp: '&', '#35': '#', commat: '@', lt: '<' }[name] ?? ''))
    // Numbers that are no character's.
    .replace(/&#\d+;/g, '$&\uFFFD');
  let at = 0;
  for (const char of text) {
    at = char === ' ' ? nextBlank(from, at) : from.indexOf(char, at);
    if (at < 0) return false;
    at += char.length;
  }
  return true;
}

function nextBlank(source: string, at: number): number {
  const index = source.slice(at).search(/\s/);
  return index < 0 ? -1 : at + index;
}
