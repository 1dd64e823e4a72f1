import { createHighlighterCoreSync } from '@shikijs/core';
import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import type { LanguageRegistration } from '@shikijs/primitive';
import dark from '@shikijs/themes/github-dark';
import light from '@shikijs/themes/github-light';
import { describe, expect, test } from 'vitest';
import { languageAliases, languages } from '../../src/plugins/highlight/languages.ts';
import type { TokenLine } from '../../src/react/markdown/code/highlighter.ts';
import { samples } from './samples.ts';
import { openHighlighting } from './worker.ts';

/** Light and dark colour of each character, absent where it is the code's own; a newline ends a line. */
type Look = string;

async function byShiki(name: string, code: string): Promise<Look[]> {
  const grammars = (await languages[name]?.())?.default as LanguageRegistration[];
  const shiki = createHighlighterCoreSync({
    engine: createJavaScriptRegexEngine({ forgiving: true }),
    themes: [light, dark],
    langs: [grammars],
  });
  const themes = { light: 'github-light', dark: 'github-dark' };
  const { tokens } = shiki.codeToTokens(code, { lang: name, themes, defaultColor: false, tokenizeTimeLimit: 0 });
  shiki.dispose();
  const own = { light: light.colors?.['editor.foreground'] ?? '', dark: dark.colors?.['editor.foreground'] ?? '' };
  const color = (found: string | undefined, scheme: 'light' | 'dark') =>
    found === undefined || found.toLowerCase() === own[scheme].toLowerCase() ? '-' : found.toLowerCase();
  return tokens.map((line) =>
    line
      .map((token) => {
        const style = token.htmlStyle as { [name: string]: string };
        const flags = `${style['--shiki-light-font-style'] ?? ''}${style['--shiki-light-font-weight'] ?? ''}${style['--shiki-light-text-decoration'] ?? ''}`;
        const look = `${color(style['--shiki-light'], 'light')}/${color(style['--shiki-dark'], 'dark')}/${flags}`;
        return `${look} `.repeat(token.content.length);
      })
      .join(''),
  );
}

function byUs(lines: readonly TokenLine[]): Look[] {
  return lines.map((line) =>
    line
      .map(({ length, style }) => {
        const flags = `${style?.italic ? 'italic' : ''}${style?.bold ? 'bold' : ''}${style?.underline ? 'underline' : ''}`;
        return `${style?.light?.toLowerCase() ?? '-'}/${style?.dark?.toLowerCase() ?? '-'}/${flags} `.repeat(length);
      })
      .join(''),
  );
}

/** Complete lines, in random bunches. */
function cuts(code: string, seed: number): string[] {
  let state = seed;
  const lines = code.split(/(?<=\n)/);
  const bunches: string[] = [];
  while (lines.length > 0) {
    state = (state * 48_271) % 2_147_483_647;
    bunches.push(lines.splice(0, 1 + (state % 4)).join(''));
  }
  return bunches;
}

describe('[UI20] streamed by line, code has the colours Shiki gives the whole', () => {
  test.for(Object.entries(samples))('%s', async ([name, code]) => {
    const whole = await byShiki(name, code.replace(/\n$/, ''));
    const highlighting = await openHighlighting(name);
    for (const seed of [1, 2, 3]) {
      for (const [index, text] of cuts(code, seed).entries()) {
        highlighting.text(seed, name, text, index === 0);
        highlighting.run();
      }
      expect(byUs(highlighting.lines(seed))).toEqual(whole);
    }
    expect(new Set(whole.join('').split(' ')).size).toBeGreaterThan(2);
  });
});

test.for(Object.keys(languages))('the grammar of %s loads and colours without a throw', async (name) => {
  const highlighting = await openHighlighting(name);
  highlighting.text(1, name, 'a = "b" # c\n<d e="f">\n', true);
  highlighting.run();
  expect(highlighting.messages.filter(({ type }) => type === 'refused')).toEqual([]);
  expect(highlighting.lines(1)).toHaveLength(2);
});

test('every alias names a language there is', () => {
  for (const [alias, name] of Object.entries(languageAliases)) {
    expect(languages).toHaveProperty([name]);
    expect(languages).not.toHaveProperty([alias]);
  }
});

test('[UI20] a message is answered in slices of under ten milliseconds, and sessions take turns', async () => {
  const highlighting = await openHighlighting('json');
  let now = 0;
  // Each look at the clock takes a millisecond.
  highlighting.clock(() => now++);
  highlighting.text(1, 'json', '{ "a": 1 }\n'.repeat(200), true);
  highlighting.text(2, 'json', '{ "b": 2 }\n'.repeat(5), true);
  let longest = 0;
  while (true) {
    const before = now;
    if (!highlighting.slice()) break;
    longest = Math.max(longest, now - before);
  }
  expect(longest).toBeLessThanOrEqual(10);
  expect(highlighting.lines(1)).toHaveLength(200);
  expect(highlighting.lines(2)).toHaveLength(5);
  const answers = highlighting.messages.filter((message) => message.type === 'lines');
  const isLast = (session: number) => answers.findIndex((message) => message.session === session && message.last);
  expect(isLast(2)).toBeLessThan(isLast(1));
  expect(answers.filter(({ last }) => last)).toHaveLength(2);
});

test('[UI20] a line of a megabyte stays plain, and what follows is coloured', async () => {
  const highlighting = await openHighlighting('typescript');
  highlighting.text(1, 'typescript', `const a = "${'x'.repeat(1_000_000)}";\nconst b = 1;\n`, true);
  highlighting.run();
  const [long, next] = highlighting.lines(1);
  expect(long).toEqual([]);
  expect(next?.some(({ style }) => style !== undefined)).toBe(true);
});

test('a hundred thousand lines are coloured, one answer for each message', async () => {
  const highlighting = await openHighlighting('json');
  for (let index = 0; index < 100; index += 1) {
    highlighting.text(1, 'json', '{ "key": [1] }\n'.repeat(1000), index === 0);
    highlighting.run();
  }
  expect(highlighting.lines(1)).toHaveLength(100_000);
});

test('[UI21] sessions beyond the bound make room, the least recently used first, and are told', async () => {
  const highlighting = await openHighlighting('json');
  for (let session = 1; session <= 257; session += 1) {
    highlighting.text(session, 'json', '[\n', true);
    highlighting.run();
  }
  highlighting.text(2, 'json', ']\n', false);
  highlighting.text(1, 'json', ']\n', false);
  highlighting.run();
  expect(highlighting.lines(2)).toHaveLength(2);
  expect(highlighting.messages.filter(({ type }) => type === 'gone')).toEqual([{ type: 'gone', session: 1 }]);
});

test('a language that was not loaded is refused', async () => {
  const highlighting = await openHighlighting();
  highlighting.text(1, 'json', '[]\n', true);
  expect(highlighting.messages).toEqual([expect.objectContaining({ type: 'refused', session: 1 })]);
});
