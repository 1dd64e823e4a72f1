/** What is measured, made up from a fixed seed. */
export function texts(): readonly { readonly name: string; readonly text: string }[] {
  return [
    { name: 'mixed answer', text: mixed(1 << 20) },
    { name: 'one fence', text: `\`\`\`ts\n${lines(200 * 1024, code)}` },
    { name: 'paragraph without a break', text: 'x1y2z3'.repeat(100 * 171) },
    { name: 'paragraph of words', text: fill(100 * 1024, () => `${sentence()} `) },
    { name: 'table of 2,000 rows', text: `| a | b | c |\n| --- | :-: | --: |\n${repeat(2000, row)}` },
    { name: 'lists nested 20 deep', text: lines(200 * 1024, nested) },
    { name: 'list of 20,000 items', text: repeat(20_000, (index) => `${index + 1}. ${words(4)}\n`) },
    {
      name: '10,000 references, defined at the end',
      text: repeat(10_000, (index) => `See [r${index}].\n\n`) + repeat(10_000, (index) => `[r${index}]: /url/${index}\n`),
    },
  ];
}

let state = 7;
function random(below: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (state >>> 8) % below;
}

const vocabulary = 'the model of a stream writes some text that grows and then ends while every reader keeps its place'.split(' ');

function words(count: number): string {
  return Array.from({ length: count }, () => vocabulary[random(vocabulary.length)]).join(' ');
}

function sentence(): string {
  const marked = [`**${words(2)}**`, `*${words(1)}*`, `\`${words(1)}\``, `[${words(2)}](https://example.com/${random(99)})`, words(3)];
  return `${words(5)} ${marked[random(marked.length)]} ${words(4)}.`;
}

function code(index: number): string {
  return `${' '.repeat(2 * (index % 4))}const ${words(1)}${index} = call('${words(2)}', ${index});\n`;
}

function row(index: number): string {
  return `| ${index} | **${words(2)}** | \`${words(1)}\` |\n`;
}

function nested(index: number): string {
  return `${'  '.repeat(index % 20)}- ${words(3)}\n`;
}

/** Headings, paragraphs, lists, code, tables, quotes and formulas by turns. */
export function mixed(length: number): string {
  return fill(length, (index) => {
    switch (index % 8) {
      case 0:
        return `## ${words(4)}\n\n`;
      case 1:
      case 2:
        return `${sentence()} ${sentence()} ${sentence()}\n\n`;
      case 3:
        return `${repeat(5, () => `- ${sentence()}\n`)}\n`;
      case 4:
        return `\`\`\`ts\n${repeat(12, code)}\`\`\`\n\n`;
      case 5:
        return `1. ${sentence()}\n   - ${words(5)}\n   - ${words(4)}\n2. ${sentence()}\n\n`;
      case 6:
        return `| a | b | c |\n|---|---|---|\n${repeat(6, row)}\n`;
      default:
        return `> ${sentence()}\n> ${sentence()}\n\n$$\nx_${index} = y^2\n$$\n\n`;
    }
  });
}

function fill(length: number, part: (index: number) => string): string {
  let text = '';
  for (let index = 0; text.length < length; index += 1) text += part(index);
  return text.slice(0, length);
}

function lines(length: number, line: (index: number) => string): string {
  return fill(length, line);
}

function repeat(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => part(index)).join('');
}
