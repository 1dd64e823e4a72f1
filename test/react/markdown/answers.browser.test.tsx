/// <reference types="vite/client" />
import { expect, test } from 'vitest';
import { createRandom } from '../../../server/providers/answer.ts';
import { StreamPanel } from '../../../src/index.ts';
import { answers } from '../../markdown/answers.ts';
import { textIn } from '../../markdown/recording.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage } from '../page.tsx';
import { bare, shownWhole } from './whole.tsx';

const files: Record<string, string> = import.meta.glob('../../fixtures/providers/*.jsonl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const recorded = Object.entries(files).map(([path, lines]) => [path.replace(/^.*\//, ''), textIn(lines)] as const);
const endless = `See **this**: ${'x1_y2+z3/'.repeat(1500)} and [all of ${'what follows '.repeat(900)}\n\nThe end.`;
const all = [
  ...Object.entries(answers),
  ...recorded.filter(([, text]) => text !== ''),
  ['a word and a bracket without end', endless] as const,
];

test('recordings have text', () => {
  expect(recorded.filter(([, text]) => text.length > 20).length).toBeGreaterThan(3);
});

test.for(all)('[UI30] in random cuts, a frame apart, an answer ends as what it is whole: %s', async ([, text]) => {
  const whole = await shownWhole(text);
  for (const seed of [1, 2]) {
    const random = createRandom(seed);
    const page = openPage();
    const source = new ManualSource();
    page.render(<StreamPanel source={source} view="markdown" />);
    source.push(start);
    const longest = Math.max(4, text.length / 30);
    for (let from = 0; from < text.length; ) {
      const to = from + 1 + Math.floor(random() * longest);
      source.text(text.slice(from, to));
      from = to;
      await frame(1);
    }
    source.push(finish);
    await expect.poll(() => page.status()).toBe('done');
    expect(bare(page.body()), `cuts of seed ${seed}`).toBe(whole);
  }
});

test.for([
  ['a paragraph alone in its item that turns out a heading', '- one, and\n- the other, which', ' turns out\n   -'],
  ['a table alone in its quote that turns out none', '> | one | two', ' |\n> and more'],
] as const)('[UI30] %s takes the place of what was there', async ([, before, after]) => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" />);
  source.push(start);
  source.text(before);
  await expect.poll(() => page.body().textContent).toContain('one');
  source.text(after);
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(bare(page.body())).toBe(await shownWhole(before + after));
});
