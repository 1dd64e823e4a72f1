import { parseCommonMark } from './oracle.ts';
import { blocksOnly, referenceBlocks } from './reference.ts';
import type { Tree } from './tree.ts';

/**
 * Whether the oracle can judge the text. micromark is wrong in rare documents (a list item of number 2, or an empty one, in the
 * same line as another marker below a paragraph; lines after indented code; HTML in lazy lines; a blank line in a quote within
 * a loose list), which shows when the reference implementation sees other blocks. It is asked for the text as CommonMark,
 * and for it with GFM's footnotes and tables as list items, quotes and paragraphs, since it knows neither.
 */
export function isJudged(text: string): boolean {
  const label = /\[\^[^\]\s]*\]:/g;
  const withoutFootnotes = [text, text.replace(label, '\n\n1. '), text.replace(label, '>')];
  return withoutFootnotes.every((variant) => agree(variant) && withoutTables(variant).every(agree)) && !misjudged.test(text);
}

/** What the oracle makes of HTML and of tasks beside GFM's constructs, where the reference does not know them: a task is one where its item begins, not below a definition. */
const misjudged = /<[^\n]*\r?\n[ >]*[|:-]|(?:[-*+.)][ \t]+|\]:[^\n]*)\r?\n\s*\[[ xX]\]/;

function withoutTables(text: string): readonly string[] {
  const row = /^([ >]*)[|:\- ]*[|:][|:\- ]*$/gm;
  return [text.replace(row, '$1'), text.replace(row, '$1a')];
}

function agree(text: string): boolean {
  return JSON.stringify(blocksOnly(parseCommonMark(text)['children'] as Tree[])) === JSON.stringify(referenceBlocks(text));
}
