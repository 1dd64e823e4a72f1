/**
 * The examples of GitHub Flavored Markdown's own extensions, with their sections and numbers in its specification
 * (0.29-gfm, https://github.github.com/gfm/, CC BY-SA 4.0). Its other examples are CommonMark's, and footnotes it does not specify.
 * The oracle makes of them what the specification says, but for 633 to 635, which joined it later: there `mailto:` and `xmpp:`
 * belong to the link, and to the oracle, and so here, the address alone is one.
 */
export const gfmExamples: { readonly [example: string]: string } = {
  '4.10 tables, example 198': '| foo | bar |\n| --- | --- |\n| baz | bim |\n',
  '4.10 tables, example 199': '| abc | defghi |\n:-: | -----------:\nbar | baz\n',
  '4.10 tables, example 200': '| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n',
  '4.10 tables, example 201': '| abc | def |\n| --- | --- |\n| bar | baz |\n> bar\n',
  '4.10 tables, example 202': '| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar\n',
  '4.10 tables, example 203': '| abc | def |\n| --- |\n| bar |\n',
  '4.10 tables, example 204': '| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |\n',
  '4.10 tables, example 205': '| abc | def |\n| --- | --- |\n',
  '5.3 task list items, example 279': '- [ ] foo\n- [x] bar\n',
  '5.3 task list items, example 280': '- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim\n',
  '6.5 strikethrough, example 491': '~~Hi~~ Hello, ~there~ world!\n',
  '6.5 strikethrough, example 492': 'This ~~has a\n\nnew paragraph~~.\n',
  '6.5 strikethrough, example 493': 'This will ~~~not~~~ strike.\n',
  '6.9 autolinks, example 622': 'www.commonmark.org\n',
  '6.9 autolinks, example 623': 'Visit www.commonmark.org/help for more information.\n',
  '6.9 autolinks, example 624': 'Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.\n',
  '6.9 autolinks, example 625':
    'www.google.com/search?q=Markup+(business)\n\nwww.google.com/search?q=Markup+(business)))\n\n(www.google.com/search?q=Markup+(business))\n\n(www.google.com/search?q=Markup+(business)\n',
  '6.9 autolinks, example 626': 'www.google.com/search?q=(business))+ok\n',
  '6.9 autolinks, example 627': 'www.google.com/search?q=commonmark&hl=en\n\nwww.google.com/search?q=commonmark&hl;\n',
  '6.9 autolinks, example 628': 'www.commonmark.org/he<lp\n',
  '6.9 autolinks, example 629': 'http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))\n',
  '6.9 autolinks, example 630': 'foo@bar.baz\n',
  '6.9 autolinks, example 631': "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.\n",
  '6.9 autolinks, example 632': 'a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_\n',
  '6.9 autolinks, example 633':
    'mailto:foo@bar.baz\n\nmailto:a.b-c_d@a.b\n\nmailto:a.b-c_d@a.b.\n\nmailto:a.b-c_d@a.b/\n\nmailto:a.b-c_d@a.b-\n\nmailto:a.b-c_d@a.b_\n\nxmpp:foo@bar.baz\n\nxmpp:foo@bar.baz.\n',
  '6.9 autolinks, example 634': 'xmpp:foo@bar.baz/txt\n\nxmpp:foo@bar.baz/txt@bin\n\nxmpp:foo@bar.baz/txt@bin.com\n',
  '6.9 autolinks, example 635': 'xmpp:foo@bar.baz/txt/bin\n',
  // Here all raw HTML is text.
  '6.11 disallowed raw HTML, example 657':
    '<strong> <title> <style> <em>\n\n<blockquote>\n  <xmp> is disallowed.  <XMP> is also disallowed.\n</blockquote>\n',
};
