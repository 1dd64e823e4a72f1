/** Answers as models write them, with what comes up in practice; made up for these tests. */
export const answers: { readonly [name: string]: string } = {
  'a comparison with a table': `Here's how the two compare:

| Feature | **Postgres** | SQLite |
|:--------|:------------:|-------:|
| Concurrency | MVCC, many writers | one writer (\`WAL\` helps) |
| Setup | server process | a file |
| Types \\| checks | strict | [flexible](https://sqlite.org/flextypegood.html) |

**Bottom line:** use *SQLite* until you can't.

- [x] Start small
- [ ] Measure
    - [ ] p95
    - [ ] p99
- [ ] Migrate ~~never~~ later

See https://example.com/a?b=c&d=e and www.example.org.
`,
  'steps with code': `Sure! Follow these steps:

1. **Install** the package:

   \`\`\`bash
   npm install --save-exact sluice-kit
   \`\`\`

2. Then *configure* it. Note that:
   - the \`url\` is required,
   - \`retry\` defaults to \`3\`:
     1. first attempt
     2. second attempt

     A paragraph that belongs to the item.

   - and nothing else.

3. Finally run:

   \`\`\`ts title="main.ts" {1,3}
   import { a } from 'b';

   const c = a\`x\${1}\`; // ~~~

   export default c;
   \`\`\`

> **Note**
> Quotes may have lists:
> - one
> - two
>
> and code: \`\`x \` y\`\`
Lazy end.

---

That's it — let me know if \`it\` works!  
Good luck 🎉👩‍💻`,
  'footnotes and references': `The claim[^1] is old[^note], see [the paper][p] and [p].

## Setext below

Heading two
-----------

Heading one
===========

[p]: <https://example.com/p df> "The 'paper'"
[^1]: First.
[^note]: A longer one

    with a paragraph, and

    \`\`\`
    code
    \`\`\`

After it, [P] again[^1].
`,
  'raw HTML and entities': `<details>
<summary>More</summary>

Inside **bold** &amp; &copy; &#x1F600; <kbd>Ctrl</kbd>

</details>

<think>
The user wants x < y && y > z.
</think>

<!-- a comment
over lines -->
Text after.

Snake_case_name and 2*3*4 and a * b and __init__ and **"quoted"** and 5 < 6.
Line with trailing backslash\\
and a hard break.
![alt *text*](https://example.com/i.png "Title")
`,
  'an answer that breaks off in a fence': 'Let me show you:\n\n```python\ndef f(x):\n    return x\n\n\n    # unfinished ``` inside\n',
  'an answer that breaks off in a table': '| name | value |\n| --- | --- |\n| a | 1 |\n| b |',
  'an answer that breaks off in emphasis': '- This is **very impor',
  'tilde fences and indentation':
    'a\n\n    indented\n    code\n\n    more\n\n~~~~ md\n```js\nx\n```\n~~~\n~~~~\n\n* * *\n+ plus\n\n\n+ loose\n10) ten\n11) eleven\n',
  'many languages':
    '## 你好，世界\n\n这是**重要**的。مرحبا *بالعالم*!\n\n- Ünï\n- Ελληνικά\n- 日本語、**強調**、`コード`\n\n1. Привет\n2. שלום\n',
};

/** Math as micromark's extension has it. */
export const mathAnswers: { readonly [name: string]: string } = {
  'inline and displayed':
    'The roots of $ax^2 + bx + c = 0$ are\n\n$$\nx = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}\n$$\n\nwhich costs nothing.\n',
  'in lists and quotes': '1. First:\n\n   $$\n   a_1 * b_2 * c_3\n   $$\n\n2. Second $x_1$ and $$y$$ inline\n\n> $$\n> z\n>\n> w\n> $$\n',
  'unclosed to the end': 'Start\n$$\na\n\nb',
};
