import fc from 'fast-check';

const words = [
  'a',
  'b',
  'foo',
  'bar',
  ' ',
  ' ',
  'x y',
  '1',
  'é',
  '。',
  '你好',
  '世界',
  '\n',
  '  \n',
  '\\\n',
  ':',
  '/',
  '?',
  ';',
  '=',
  '-',
  '+',
  '^',
  '#',
  '|',
  '"',
  "'",
];
const marks = ['*', '**', '***', '_', '__', '~', '~~', '`', '``', '[', ']', '](', '(', ')', '!', '![', '<', '>', '&', '\\', '$', '$$'];
const tokens = [
  '[foo]',
  '[bar][]',
  '[a][foo]',
  '[^n]',
  '![^n]',
  '[^*]',
  '&amp;',
  '&#35;',
  '&lt',
  '&nope;',
  '&commat;',
  '(u)',
  '(<u v> "t")',
  '{',
  '}',
];
const angles = ['<b>', '</b>', '<a href="', '/>', '<!--', '-->', '<http://x>', '<m@x.y>'];
const addresses = ['http://', 'https://a.bc', 'www.', 'www.a.b', '.', '@', 'a@b.c', 'mailto:', 'xmpp:'];

/** Source of one paragraph of inline syntax, mostly broken. */
export const soup: fc.Arbitrary<string> = fc
  .array(fc.oneof(...[words, words, marks, marks, tokens, angles, addresses].map((atoms) => fc.constantFrom(...atoms))), {
    minLength: 1,
    maxLength: 24,
  })
  .map((atoms) =>
    atoms
      .join('')
      .replace(/\n[ \t\n]*\n/g, '\n')
      .trim(),
  )
  .filter((text) => text !== '');

/** A text in pieces of one to seven code units. */
export function cutsOf(text: string): fc.Arbitrary<string[]> {
  return fc.array(fc.integer({ min: 1, max: 7 }), { minLength: text.length, maxLength: text.length }).map((sizes) => {
    const pieces: string[] = [];
    for (let at = 0; at < text.length; ) {
      const size = sizes[pieces.length] ?? 1;
      pieces.push(text.slice(at, at + size));
      at += size;
    }
    return pieces;
  });
}
