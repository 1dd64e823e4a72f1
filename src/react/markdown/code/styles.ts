import type { TokenStyle } from './highlighter.ts';

const names = new WeakMap<TokenStyle, string>();
/** By looks, so that highlighters that are made anew share what is there. */
const known = new Map<string, string>();
const sheets = new WeakMap<Document, CSSStyleSheet>();

/**
 * The class of a token's style, made on first use: equal looks are one rule, which needs no style attribute (a content
 * security policy may forbid those) and follows the colour scheme by itself.
 */
export function classOf(style: TokenStyle, document: Document): string {
  let name = names.get(style);
  if (name === undefined) {
    const key = JSON.stringify([style.light, style.dark, style.italic, style.bold, style.underline]);
    name = known.get(key) ?? `sluice-token-${known.size + 1}`;
    if (!known.has(key)) {
      known.set(key, name);
      addRule(sheetOf(document), name, style);
    }
    names.set(style, name);
  }
  return name;
}

/** Makes the classes known where `element` is: in its document or its shadow root. */
export function adoptStyles(element: HTMLElement): void {
  const root = element.getRootNode();
  const sheet = sheetOf(element.ownerDocument);
  if (!(root instanceof Document || root instanceof ShadowRoot) || root.adoptedStyleSheets.includes(sheet)) return;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

function sheetOf(document: Document): CSSStyleSheet {
  let sheet = sheets.get(document);
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheets.set(document, sheet);
  }
  return sheet;
}

function addRule(sheet: CSSStyleSheet, name: string, { light, dark, italic, bold, underline }: TokenStyle): void {
  const rule = sheet.cssRules[sheet.insertRule(`.${name} {}`, sheet.cssRules.length)] as CSSStyleRule;
  const plain = 'var(--sluice-ink)';
  if (light !== undefined || dark !== undefined) rule.style.setProperty('color', `light-dark(${light ?? plain}, ${dark ?? plain})`);
  if (italic) rule.style.setProperty('font-style', 'italic');
  if (bold) rule.style.setProperty('font-weight', '600');
  if (underline) rule.style.setProperty('text-decoration', 'underline');
}
