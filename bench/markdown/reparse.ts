import { performance } from 'node:perf_hooks';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/**
 * The baseline: the open block, which is everything behind the last blank line outside of a fence, is parsed anew at each
 * chunk. Milliseconds per kilobyte at the end of the text, from a few chunks there; NaN if one takes longer than a second.
 */
export function reparse(text: string, chunk: number): number {
  const open = text.slice(openFrom(text));
  const start = performance.now();
  let chunks = 0;
  for (let end = open.length; chunks < 8 && performance.now() - start < 1000; end -= chunk) {
    fromMarkdown(open.slice(0, Math.max(end, 0)), { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    chunks += 1;
  }
  return (performance.now() - start) / chunks / (chunk / 1024);
}

/** Where the last block begins that is no item of a list or line of a quote. */
function openFrom(text: string): number {
  const fence = text.lastIndexOf('\n```');
  if (fence < 0 && text.startsWith('```')) return 0;
  for (let at = text.lastIndexOf('\n\n', text.length - 3); at >= 0; at = text.lastIndexOf('\n\n', at - 1)) {
    if (/[^\s>*+\-0-9]/.test(text.charAt(at + 2))) return at + 2;
  }
  return 0;
}
