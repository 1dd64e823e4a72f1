import { visibleEnd } from './heal.ts';
import type { Mode } from './window.ts';

/** What a leaf's last text, code or formula takes up as it is, whatever follows; negative: only a parse can tell. */
export function ordinaryEnd(text: string, mode: Exclude<Mode, 'address'>): number {
  if (special[mode].test(text)) return -1;
  return mode === 'inlineCode' || mode === 'inlineMath' ? endOf(text) : visibleEnd(text, true);
}

/** Whether from code unit `from` on there is only what an inline link's destination takes up, whatever is before and follows. */
export function isAddress(text: string, from: number): boolean {
  address.lastIndex = from;
  return address.test(text);
}

const address = /[\w\-./:?=&%#+~,;@!*]*$/y;

const special: Record<Exclude<Mode, 'address'>, RegExp> = {
  text: /[\n\\`*_~[\]!<&$@]|www\.|:\/\//i,
  inlineCode: /`/,
  inlineMath: /[$\\]/,
};

/** Without the white space at its end. */
function endOf(text: string): number {
  return text.trimEnd().length;
}
