import { visibleEnd } from './heal.ts';
import type { Mode } from './window.ts';

/** What a leaf's last text, code or formula takes up as it is, whatever follows; negative: only a parse can tell. */
export function ordinaryEnd(text: string, mode: Mode): number {
  if (special[mode].test(text)) return -1;
  return mode === 'inlineCode' || mode === 'inlineMath' ? endOf(text) : visibleEnd(text, true);
}

const special: Record<Mode, RegExp> = {
  text: /[\n\\`*_~[\]!<&$@]|www\.|:\/\//i,
  inlineCode: /`/,
  inlineMath: /[$\\]/,
};

/** Without the white space at its end. */
function endOf(text: string): number {
  return text.trimEnd().length;
}
