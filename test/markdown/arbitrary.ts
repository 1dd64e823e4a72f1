import fc from 'fast-check';

/** What documents are made of: everything that begins, continues or ends a block, and what looks like it. */
const fragments: readonly string[] = [
  ...['a', 'foo', 'bar baz', 'x', '1', '\\', '!', ':', '.', '(', ')', '"', "'"],
  ...['\n', '\n', '\n', '\n\n', '\n\n', '\r\n', ' ', '  ', '    ', '\t', '\n  ', '\n    ', '\n   '],
  ...['- ', '* ', '+ ', '-', '*', '1. ', '2. ', '1) ', '10. ', '\n- ', '\n* ', '\n1. ', '\n  - ', '\n    - ', '\n   1. '],
  ...['> ', '>', '\n> ', '\n>> ', '# ', '## ', '\n# ', '#', '###### ', '---', '***', '___', '- - -', '===', '\n===', '\n---', '\n-'],
  ...['```', '~~~', '\n```\n', '\n```js\n', '````', '\n~~~\n', '```js', '`', '``'],
  ...[
    '|',
    '| a ',
    '| a | b |',
    '\n|-|-|\n',
    '\n| - | - |\n',
    '\n|-|\n',
    '|---',
    ':-:',
    ':-',
    '\\|',
    ' | ',
    '\na | b\n- | -\n',
    '\n:-\n',
    '\n-:|-\n',
  ],
  ...[
    '[ ] ',
    '[x] ',
    '- [ ] ',
    '- [x] b',
    '[',
    ']',
    '[foo]',
    '[foo]: ',
    '[foo]: /url',
    '/url',
    '<url>',
    '"title"',
    "'t'",
    '(t)',
    '\n[bar]: /b "c"\n',
    ']: ',
  ],
  ...['[^1]', '[^1]: ', '\n[^1]: note', '[^', '\n[^n]: \n    '],
  ...[
    '<div>',
    '</div>',
    '<b>',
    '<a href="b">',
    '<!-- ',
    ' -->',
    '<?',
    '?>',
    '<!A',
    '<![CDATA[',
    ']]>',
    '<script>',
    '</script>',
    '<',
    '>',
    '<pre',
    '<br/>',
  ],
];

export const markdown: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 24 })
  .map((parts) => parts.join(''));

/** The text in pieces, cut anywhere. */
export function cuts(text: string): fc.Arbitrary<string[]> {
  return fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 40 }).map((points) => {
    const sorted = [...points, text.length].sort((a, b) => a - b);
    return sorted.map((point, index) => text.slice(sorted[index - 1] ?? 0, point));
  });
}
