/**
 * The seven kinds of HTML blocks (https://spec.commonmark.org/0.31.2/#html-blocks). They are literal: what matters is where
 * one begins and ends.
 */
export type HtmlKind = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** What ends a block of the kind, within the line that has it; kinds 6 and 7 end at a blank line. */
export const htmlEnds: readonly (RegExp | undefined)[] = [undefined, /<\/(?:script|pre|style|textarea)>/i, /-->/, /\?>/, />/, /\]\]>/];
/** No end is longer. */
export const longestHtmlEnd: number = '</textarea>'.length;

const literal = new Set(['script', 'pre', 'style', 'textarea']);
const blocks = new Set(
  (
    'address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset ' +
    'figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem ' +
    'nav noframes ol optgroup option p param search section summary table tbody td tfoot th thead title tr track ul'
  ).split(' '),
);

const attribute = String.raw`[ \t]+[A-Za-z_:][\w.:-]*(?:[ \t]*=[ \t]*(?:[^ \t"'=<>${'`'}]+|'[^']*'|"[^"]*"))?`;
const wholeTag = new RegExp(String.raw`^<(?:[A-Za-z][A-Za-z0-9-]*(?:${attribute})*[ \t]*/?|/[A-Za-z][A-Za-z0-9-]*[ \t]*)>[ \t]*$`);
/** What may become a whole tag. */
const partTag = new RegExp(
  String.raw`^<(?:$|/?[A-Za-z][A-Za-z0-9-]*$|/[A-Za-z][A-Za-z0-9-]*[ \t]*$|[A-Za-z][A-Za-z0-9-]*(?:${attribute})*(?:[ \t]*/?|[ \t]+[A-Za-z_:][\w.:-]*[ \t]*=[ \t]*(?:'[^']*|"[^"]*)?)$)`,
);

/** The kind of the block that begins with `text`, which begins with `<`; 0: none; undefined: cannot be said before more comes. */
export function htmlStart(text: string, complete: boolean, interrupts: boolean): HtmlKind | 0 | undefined {
  if (text.startsWith('<!--')) return 2;
  if (text.startsWith('<?')) return 3;
  if (/^<![A-Za-z]/.test(text)) return 4;
  if (text.startsWith('<![CDATA[')) return 5;
  if (!complete && (text === '<!' || text === '<!-' || '<![CDATA['.startsWith(text))) return undefined;
  const [, closing, name = '', after = ''] = /^<(\/?)([A-Za-z][A-Za-z0-9-]{0,10})([^A-Za-z0-9-]?)/.exec(text) ?? [];
  const lower = name.toLowerCase();
  if (after === '' && !complete) {
    if (lower !== '' && text.length > 1 + (closing?.length ?? 0) + lower.length) return tagStart(text, complete, interrupts);
    return text === '<' || text === '</' || lower !== '' ? undefined : 0;
  }
  if (!closing && literal.has(lower) && /^[ \t>]?$/.test(after)) return 1;
  if (blocks.has(lower) && (/^[ \t>]?$/.test(after) || after === '/')) {
    if (after !== '/') return 6;
    const next = text.charAt(1 + (closing?.length ?? 0) + lower.length + 1);
    if (next === '>') return 6;
    if (next === '' && !complete) return undefined;
  }
  return tagStart(text, complete, interrupts);
}

function tagStart(text: string, complete: boolean, interrupts: boolean): 7 | 0 | undefined {
  if (interrupts) return 0;
  if (complete) return wholeTag.test(text) ? 7 : 0;
  return wholeTag.test(text) || partTag.test(text) ? undefined : 0;
}
