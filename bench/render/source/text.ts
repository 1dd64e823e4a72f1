import { seeded } from '../../seeded.ts';
import type { Source } from '../cell.ts';

/** Plain prose, the same without a line break, an answer in Markdown, and Markdown that is mostly code or tables. */
export type TextKind = 'plain' | 'breakless' | 'markdown' | 'code' | 'tables';

/** A stream's text, cut into tokens. Serial words number themselves: whoever sees one knows how far the text has come. */
export interface Answer {
  readonly tokens: readonly string[];
  readonly kind: TextKind;
  /** Token in which each serial word is complete, by its number. */
  readonly serialToken: readonly number[];
}

/** None has a `q`: that begins a serial word. */
const words =
  'the of stream to and a in log is it token for frame with as cursor on credit that each be by not one part from text will page line'.split(
    ' ',
  );
const wordsPerSerial = 4;

/** `q` and four hexadecimal digits: one identifier, for a highlighter, too. */
export function serialWord(serial: number): string {
  return `q${serial.toString(16).padStart(4, '0')}`;
}

/** The serial words of a text, in order. */
export function serialsIn(text: string): number[] {
  return Array.from(text.matchAll(/q([0-9a-f]{4})/g), ([, digits]) => Number.parseInt(digits ?? '', 16));
}

/** What the streams of a trial say: as many tokens as their arrivals bring. */
export function createAnswers({ kind, arrival: { streams, rate, durationMs, seed } }: Source): Answer[] {
  const count = Math.floor((rate * durationMs) / 1000);
  return Array.from({ length: streams }, (_, stream) => createAnswer(kind, count, seed * 1000 + stream));
}

/** `count` tokens of about four characters; the same for the same seed. A serial word is never cut. */
export function createAnswer(kind: TextKind, count: number, seed: number): Answer {
  const random = seeded(seed);
  const tokens: string[] = [];
  const serialToken: number[] = [];
  let sinceSerial = 0;
  const below = (limit: number): number => Math.floor(random() * limit);
  const between = (from: number, to: number): number => from + below(to - from + 1);
  const put = (text: string): void => void tokens.push(text);
  const word = (before = '', after = ''): void => {
    sinceSerial += 1;
    if (sinceSerial < wordsPerSerial) {
      put(`${before}${words[below(words.length)]}${after}`);
      return;
    }
    sinceSerial = 0;
    serialToken.push(tokens.length);
    put(`${before}${serialWord(serialToken.length - 1)}${after}`);
  };
  const sentence = (first: string): void => {
    const length = between(6, 14);
    for (let index = 0; index < length; index += 1) word(index === 0 ? first : ' ', index === length - 1 ? '.' : '');
  };
  const inline = (): void => {
    const form = below(5);
    if (form === 0) {
      word(' **');
      word(' ', '**');
    } else if (form === 1) word(' *', '*');
    else if (form === 2) word(' `', '`');
    else if (form === 3) {
      word(' [');
      word(' ', '](https://example.com/page)');
    } else word(' ~~', '~~');
  };
  const paragraph = (): void => {
    for (let left = between(2, 5), first = ''; left > 0; left -= 1, first = ' ') {
      sentence(first);
      if (kind === 'markdown') inline();
    }
    put('\n\n');
  };
  const list = (mark: string): void => {
    const count = between(3, 6);
    for (let left = count; left > 0; left -= 1) {
      // The first item is not nested.
      put(left % 3 === 1 && kind === 'markdown' && left < count ? `   ${mark}` : mark);
      for (let index = between(4, 10); index > 0; index -= 1) word(' ');
      put('\n');
    }
    put('\n');
  };
  const code = (lines: number): void => {
    put('```');
    put('ts\n');
    for (let left = lines; left > 0; left -= 1) {
      const form = below(4);
      if (form === 0) {
        put('const');
        word(' ');
        put(' =');
        word(' ');
        put('(');
        word();
        put(');\n');
      } else if (form === 1) {
        put('  if');
        put(' (');
        word();
        put(' >');
        put(' 12)');
        put(' return');
        word(' "');
        put('";\n');
      } else if (form === 2) {
        put('//');
        word(' ');
        word(' ');
        word(' ', '\n');
      } else {
        put('  await');
        word(' ');
        word('.');
        put('(');
        word();
        put(' + 1');
        put(');\n');
      }
    }
    put('```');
    put('\n\n');
  };
  const table = (rows: number): void => {
    for (let row = -2; row < rows; row += 1) {
      if (row === -1) put('|---|---|---|');
      else {
        put('|');
        for (let column = 0; column < 3; column += 1) {
          word(' ');
          put(' |');
        }
      }
      put('\n');
    }
    put('\n');
  };
  const markdownBlock = (): void => {
    const form = below(20);
    if (form < 3) {
      put('## ');
      word();
      word(' ');
      word(' ');
      put('\n\n');
      paragraph();
    } else if (form < 11) paragraph();
    else if (form < 14) list('-');
    else if (form < 15) list('1.');
    else if (form < 17) code(between(6, 14));
    else if (form < 19) table(between(3, 8));
    else {
      put('> ');
      sentence('');
      put('\n\n');
    }
  };
  while (tokens.length < count) {
    if (kind === 'breakless') sentence(tokens.length === 0 ? '' : ' ');
    else if (kind === 'plain') below(5) === 0 ? list('-') : paragraph();
    else if (kind === 'markdown') markdownBlock();
    else if (kind === 'code') code(40);
    else table(30);
  }
  return { kind, tokens: tokens.slice(0, count), serialToken: serialToken.filter((token) => token < count) };
}
