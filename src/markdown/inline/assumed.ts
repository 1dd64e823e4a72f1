import { closersOf } from './delimiters.ts';
import type { Begun, Scan } from './source.ts';

/**
 * What began so far behind that it is taken for text, though what follows may close it still: no window waits for it. All that
 * is kept of it is what may close it. When the leaf ends it is parsed with all of it.
 */
export interface Assumed {
  /** Brackets that a target would make a link, or an image. */
  readonly links: boolean;
  readonly images: boolean;
  /** Kinds of runs that would close emphasis: as `closersOf`. */
  readonly closers: number;
  /** Lengths of runs of backticks that would end code. */
  readonly codes: ReadonlySet<number>;
  /** What may end anything else. */
  readonly endings: ReadonlySet<string>;
}

/** Code units after which it is taken for text; what is not here is waited for. */
const mostAwaited = { bracket: 600, delimiter: 2000, code: 600, math: 300, angle: 200, link: 600, image: 600, address: 4096 };

/** The first place where something begins that is waited for. Before brackets are healed. */
export function* firstAwaited(scan: Scan, length: number): Generator<void, number> {
  let first = scan.brackets.firstSince(length - mostAwaited.bracket);
  let steps = 0;
  for (const { type, at } of scan.begun) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (at < first && !isOld(type, length - at)) first = at;
  }
  return first;
}

/** The first run that may open emphasis, of those waited for. After delimiters are resolved. */
export function* firstAwaitedOpener({ delimiters }: Scan, length: number): Generator<void, number> {
  let first = Number.POSITIVE_INFINITY;
  let steps = 0;
  for (let opener = delimiters.last(); opener && length - opener.node.start <= mostAwaited.delimiter; opener = opener.previous) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (opener.canOpen) first = opener.node.start;
  }
  for (const { node } of delimiters.enclosed()) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (length - node.start <= mostAwaited.delimiter) first = Math.min(first, node.start);
  }
  return first;
}

function isOld(type: Begun['type'], length: number): boolean {
  return type in mostAwaited && length > mostAwaited[type as keyof typeof mostAwaited];
}

/** What was assumed before this source, and what of it begins before `cut`. */
export function* assume(scan: Scan, text: string, cut: number, before: Assumed | undefined): Generator<void, Assumed> {
  const { brackets, delimiters, begun, linkEnd } = scan;
  const open = brackets.openBefore(cut);
  const codes = new Set(before?.codes);
  const endings = new Set(before?.endings);
  let closers = before?.closers ?? 0;
  let steps = 0;
  for (let opener = delimiters.first(); opener && opener.node.start < cut; opener = opener.next) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (opener.canOpen) closers |= closersOf(opener);
  }
  for (const opener of delimiters.enclosed()) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (opener.node.start < cut) closers |= closersOf(opener);
  }
  for (const one of begun) {
    steps += 1;
    if ((steps & 1023) === 0) yield;
    if (one.at >= cut || one.type === 'address') continue;
    if (one.type === 'code') codes.add(one.from - one.at);
    // Longer runs are hardly meant; of each that is kept a text is searched for.
    else if (one.type !== 'math' || one.from - one.at <= 2) endings.add(endingOf(one, text));
  }
  return {
    links: open.links || (before?.links === true && linkEnd > cut),
    images: open.images || before?.images === true,
    closers,
    codes,
    endings,
  };
}

function endingOf({ type, at, from }: Begun, text: string): string {
  if (type === 'math') {
    const opening = text.slice(at, from);
    return opening === '\\(' ? '\\)' : opening === '\\[' ? '\\]' : opening;
  }
  if (type !== 'angle') return text.charCodeAt(from + 1) === 91 ? ']' : ')';
  if (text.startsWith('<!--', at)) return '-->';
  if (text.startsWith('<![', at)) return ']]>';
  return text.startsWith('<?', at) ? '?>' : '>';
}

/** Whether the source may close something of that. After delimiters are resolved. */
export function mayClose(scan: Scan, text: string, assumed: Assumed): boolean {
  const { closers, codes } = assumed;
  if (scan.strayTarget || (scan.delimiters.missed() & closers) !== 0 || mayEnd(text, assumed)) return true;
  if (codes.size === 0) return false;
  for (let at = text.indexOf('`'); at >= 0; ) {
    let end = at + 1;
    while (text.charCodeAt(end) === 96) end += 1;
    if (end < text.length && codes.has(end - at)) return true;
    at = text.indexOf('`', end);
  }
  return false;
}

/** Whether there is an ending in a text. */
export function mayEnd(text: string, { endings }: Assumed): boolean {
  for (const ending of endings) if (text.includes(ending)) return true;
  return false;
}
