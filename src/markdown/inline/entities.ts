import { characterEntities } from 'character-entities';

/**
 * The character reference at the `&` at `at` (https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references).
 * `undefined`: there is none.
 */
export function readReference(source: string, at: number): { readonly text: string; readonly end: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(source);
  const text = match && decode(match[1] ?? '');
  return text ? { text, end: pattern.lastIndex } : undefined;
}

/** Backslash escapes and character references resolved, as in destinations, titles and labels. */
export function decodeText(source: string): string {
  return source.includes('\\') || source.includes('&') ? source.replace(escapes, replaceEscape) : source;
}

const pattern = /&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[0-9a-zA-Z]{1,31});/y;
const escapes = /\\([!-/:-@[-`{-~])|&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[0-9a-zA-Z]{1,31});/g;

function replaceEscape(all: string, escaped: string | undefined, name: string | undefined): string {
  return escaped ?? decode(name ?? '') ?? all;
}

function decode(name: string): string | undefined {
  if (name.charCodeAt(0) === 35) {
    const hex = name.charCodeAt(1) === 120 || name.charCodeAt(1) === 88;
    return character(Number.parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10));
  }
  return Object.hasOwn(characterEntities, name) ? characterEntities[name] : undefined;
}

/** What is no character, or controls the terminal rather than the text, is a replacement character. */
function character(code: number): string {
  const control = code < 9 || code === 11 || (code > 13 && code < 32) || (code > 126 && code < 160);
  const surrogate = code > 0xd7ff && code < 0xe000;
  const none = (code > 0xfdcf && code < 0xfdf0) || (code & 0xfffe) === 0xfffe || code > 0x10ffff;
  return control || surrogate || none ? '\uFFFD' : String.fromCodePoint(code);
}
