import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import typescript from '@shikijs/langs/typescript';
import { codeToTokensBase, createShikiPrimitive, getLastGrammarState } from '@shikijs/primitive';
import light from '@shikijs/themes/github-light';
import type { GrammarState } from '@shikijs/types';
import type { Colours, Lines } from './highlight.ts';

// Colours finished lines, each from where the one before ended. One theme, one language: what the benchmark's text has.

const primitive = createShikiPrimitive({ engine: createJavaScriptRegexEngine(), themes: [light], langs: typescript });
const plain = String(light.colors?.['editor.foreground'] ?? '').toLowerCase();
const states = new Map<number, GrammarState>();

addEventListener('message', ({ data: { fence, text } }: MessageEvent<Lines>) => {
  const grammarState = states.get(fence);
  const tokens = codeToTokensBase(primitive, text, {
    lang: 'typescript',
    theme: 'github-light',
    ...(grammarState === undefined ? {} : { grammarState }),
  });
  const state = getLastGrammarState(primitive, tokens);
  if (state !== undefined) states.set(fence, state);
  const lines = tokens.map((line) =>
    line.map(({ content, color = plain }): [number, string] => [content.length, color.toLowerCase() === plain ? '' : color]),
  );
  postMessage({ fence, lines } satisfies Colours);
});
// Everything that is compiled or loaded late is so before the first fence.
codeToTokensBase(primitive, 'const a = b("c"); // d', { lang: 'typescript', theme: 'github-light' });
postMessage({ fence: -1, lines: [] } satisfies Colours);
