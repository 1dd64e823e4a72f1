/**
 * The examples of GitHub Flavored Markdown's own extensions, in the order of its specification
 * (0.29-gfm, https://github.github.com/gfm/). Its other examples are CommonMark's.
 */
export const gfmExamples: { readonly [example: string]: string } = {
  'table 1': '| foo | bar |\n| --- | --- |\n| baz | bim |\n',
  'table 2': '| abc | defghi |\n:-: | -----------:\nbar | baz\n',
  'table 3': '| f\\|oo  |\n| ------ |\n| b `\\|` az |\n| b **\\|** im |\n',
  'table 4': '| abc | def |\n| --- | --- |\n| bar | baz |\n> bar\n',
  'table 5': '| abc | def |\n| --- | --- |\n| bar | baz |\nbar\n\nbar\n',
  'table 6': '| abc | def |\n| --- |\n| bar |\n',
  'table 7': '| abc | def |\n| --- | --- |\n| bar |\n| bar | baz | boo |\n',
  'table 8': '| abc | def |\n| --- | --- |\n',
  'task list 1': '- [ ] foo\n- [x] bar\n',
  'task list 2': '- [x] foo\n  - [ ] bar\n  - [x] baz\n- [ ] bim\n',
  'strikethrough 1': '~~Hi~~ Hello, ~there~ world!\n',
  'strikethrough 2': 'This ~~has a\n\nnew paragraph~~.\n',
  'strikethrough 3': 'This will ~~~not~~~ strike.\n',
  'autolink 1': 'www.commonmark.org\n',
  'autolink 2': 'Visit www.commonmark.org/help for more information.\n',
  'autolink 3': 'Visit www.commonmark.org.\n\nVisit www.commonmark.org/a.b.\n',
  'autolink 4':
    'www.google.com/search?q=Markup+(business)\n\nwww.google.com/search?q=Markup+(business)))\n\n(www.google.com/search?q=Markup+(business))\n\n(www.google.com/search?q=Markup+(business)\n',
  'autolink 5': 'www.google.com/search?q=(business))+ok\n',
  'autolink 6': 'www.google.com/search?q=commonmark&hl=en\n\nwww.google.com/search?q=commonmark&hl;\n',
  'autolink 7': 'www.commonmark.org/he<lp\n',
  'autolink 8': 'http://commonmark.org\n\n(Visit https://encrypted.google.com/search?q=Markup+(business))\n',
  'autolink 9': 'foo@bar.baz\n',
  'autolink 10': "hello@mail+xyz.example isn't valid, but hello+xyz@mail.example is.\n",
  'autolink 11': 'a.b-c_d@a.b\n\na.b-c_d@a.b.\n\na.b-c_d@a.b-\n\na.b-c_d@a.b_\n',
  'autolink 12':
    'mailto:foo@bar.baz\n\nmailto:a.b-c_d@a.b\n\nmailto:a.b-c_d@a.b.\n\nmailto:a.b-c_d@a.b/\n\nmailto:a.b-c_d@a.b-\n\nmailto:a.b-c_d@a.b_\n\nxmpp:foo@bar.baz\n\nxmpp:foo@bar.baz.\n',
  'autolink 13': 'xmpp:foo@bar.baz/txt\n\nxmpp:foo@bar.baz/txt@bin\n\nxmpp:foo@bar.baz/txt@bin.com\n',
  'autolink 14': 'xmpp:foo@bar.baz/txt/bin\n',
  // Here all raw HTML is text.
  'raw HTML 1': '<strong> <title> <style> <em>\n\n<blockquote>\n  <xmp> is disallowed.  <XMP> is also disallowed.\n</blockquote>\n',
};
