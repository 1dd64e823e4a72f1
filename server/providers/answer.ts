import { cells, emoji, fences, foreign, headings, items, links, objects, subjects, tails, topics, verbs } from './phrases.ts';

export interface AnswerOptions {
  /** Any safe integer; equal seeds give equal answers. */
  readonly seed: number;
  /** Exact number of tokens. An answer is a prefix of each longer answer of the same seed and style. */
  readonly tokens: number;
  /** `markdown`: everything Markdown has. `plain`: paragraphs only. @default 'markdown' */
  readonly style?: 'markdown' | 'plain';
}

/** The tokens of a scripted answer; joined, its text. Pure. No token is empty or cuts a surrogate pair (a ZWJ sequence may be cut, as models do). */
export function scriptedAnswer(options: AnswerOptions): string[] {
  return [...answerTokens(options)];
}

/** The same, one at a time: a long answer is written as it is read. */
export function* answerTokens(options: AnswerOptions): Generator<string, void> {
  const random = createRandom(options.seed);
  let left = options.tokens;
  for (let index = 0; left > 0; index += 1) {
    const block = options.style === 'plain' ? paragraph(random, 3, 7) : markdownBlock(random, index);
    for (const token of tokenize(index === 0 ? block : `\n\n${block}`)) {
      if (left === 0) return;
      left -= 1;
      yield token;
    }
  }
}

/** Uniform in [0, 1), 32 bits of state (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 0x1_0000_0000)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const TOKEN =
  / ?(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]{1,2}|[\p{L}\p{M}]{1,7}|\d{1,3}|[^\s\p{L}\p{M}\d])|\s+/gu;

/** Cuts a text roughly as a model's tokenizer does. Joined, the tokens are the text. */
export function tokenize(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

type Random = () => number;

function pick(random: Random, from: readonly string[]): string {
  return from[Math.floor(random() * from.length)] ?? '';
}

function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

function many(random: Random, low: number, high: number, make: (index: number) => string): string[] {
  return Array.from({ length: between(random, low, high) }, (_, index) => make(index));
}

function sentence(random: Random): string {
  return `${pick(random, subjects)} ${pick(random, verbs)} ${pick(random, objects)}${pick(random, tails)}.`;
}

function paragraph(random: Random, low: number, high: number): string {
  return many(random, low, high, () => sentence(random)).join(' ');
}

const blocks: readonly [weight: number, make: (random: Random) => string][] = [
  [6, (random) => paragraph(random, 2, 5)],
  [1, (random) => paragraph(random, 18, 40)],
  [3, (random) => many(random, 3, 6, () => `- ${pick(random, items)}: ${sentence(random)}`).join('\n')],
  [2, nestedList],
  [2, (random) => many(random, 2, 4, (index) => `${index + 1}. ${pick(random, items)} ${pick(random, emoji)}`).join('\n')],
  [1, (random) => many(random, 2, 4, () => `- [${random() < 0.5 ? 'x' : ' '}] ${pick(random, items)}`).join('\n')],
  [2, table],
  [4, (random) => pick(random, fences)],
  [2, (random) => many(random, 1, 2, () => pick(random, foreign)).join(' ')],
  [1, (random) => `> **Note** ${pick(random, emoji)} ${sentence(random)}\n>\n> ${sentence(random)}`],
  [
    2,
    (random) => `${sentence(random)} See ${pick(random, links)} and ${pick(random, links)}. ${pick(random, emoji)}${pick(random, emoji)}`,
  ],
  [1, (random) => `${sentence(random)} ~~${pick(random, items)}~~ ***${pick(random, items)}*** \`\`a \`tick\` b\`\` \\*not emphasis\\*`],
];

const totalWeight = blocks.reduce((sum, [weight]) => sum + weight, 0);

function markdownBlock(random: Random, index: number): string {
  if (index === 0) return `# Notes on ${pick(random, topics)}`;
  if (index % 4 === 2) return `${random() < 0.6 ? '##' : '###'} ${pick(random, headings)}`;
  if (index % 23 === 22) return '---';
  let left = random() * totalWeight;
  for (const [weight, make] of blocks) {
    left -= weight;
    if (left < 0) return make(random);
  }
  return paragraph(random, 2, 5);
}

function nestedList(random: Random): string {
  return many(random, 2, 4, (outer) => {
    const inner = many(random, 1, 3, () => `   - ${pick(random, items)}\n     - ${sentence(random)}`);
    return `${outer + 1}. ${pick(random, items)}\n${inner.join('\n')}`;
  }).join('\n');
}

function table(random: Random): string {
  const columns = between(random, 2, 4);
  const row = (cell: () => string): string => `| ${Array.from({ length: columns }, cell).join(' | ')} |`;
  const rule = row(() => pick(random, ['---', ':---', '---:', ':---:']));
  return [row(() => pick(random, headings)), rule, ...many(random, 2, 6, () => row(() => pick(random, cells)))].join('\n');
}
