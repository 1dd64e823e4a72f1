import { cleanup, configure, render, waitFor } from '@testing-library/react';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { SluiceProvider, StreamPanel } from '../../src/index.ts';
import { katex } from '../../src/plugins/katex.tsx';
import { shiki } from '../../src/plugins/shiki.ts';
import { tellMistakes } from '../../src/react/panel/mistakes.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';

afterEach(cleanup);
configure({ asyncUtilTimeout: 10_000 });

function hear(): readonly string[] {
  const told: string[] = [];
  const spy = vi.spyOn(console, 'warn').mockImplementation((message) => void told.push(String(message)));
  onTestFinished(() => spy.mockRestore());
  return told;
}

const none = { current: null };

test.each([
  [{ view: 'md' }, 'view', '"plain" or "markdown"'],
  [{ pacing: 'fast' }, 'pacing', '"immediate" or "smooth"'],
  [{ markdown: 'gfm' }, 'markdown', 'an object'],
  [{ markdown: { highlight: shiki } }, 'markdown.highlight', 'what shiki() returns'],
  [{ markdown: { math: katex } }, 'markdown.math', 'what katex() returns'],
  [{ markdown: { allowedSchemes: 'https' } }, 'markdown.allowedSchemes', 'a list of strings'],
  [{ markdown: { imagePrefixes: [/https/] } }, 'markdown.imagePrefixes', 'a list of strings'],
  [{ markdown: { rewriteUrl: 'https://a.example' } }, 'markdown.rewriteUrl', 'a function'],
  [{ markdown: { linkProps: { target: '_blank' } } }, 'markdown.linkProps', 'a function'],
  [{ markdown: { components: 'a' } }, 'markdown.components', 'an object'],
  [{ markdown: { fences: () => null } }, 'markdown.fences', 'an object'],
  [{ markdown: { headingOffset: '2' } }, 'markdown.headingOffset', 'an integer'],
])('in development what cannot be meant is told once, with what there is: %o', (given, name, takes) => {
  const told = hear();
  for (let times = 0; times < 2; times += 1) tellMistakes(none, given);
  expect(told).toEqual([`bad_option: ${name} of a StreamPanel must be ${takes}.`]);
});

test('a name that is misspelt is told, with all there are', () => {
  const told = hear();
  tellMistakes(none, { markdown: { hightlight: shiki() } });
  expect(told.join()).toMatch(
    /^bad_option: markdown\.hightlight of a StreamPanel must be left out, there are components, fences, highlight, /,
  );
});

test('what can be meant is not told, nor what is none', () => {
  const told = hear();
  const markdown = { highlight: shiki(), math: katex(), fences: {}, headingOffset: 2, wrapCode: true, linkProps: () => ({}) };
  tellMistakes(none, { ...{ view: 'markdown', pacing: 'smooth' }, markdown });
  tellMistakes(none, { ...{ view: 'plain', pacing: 'immediate' }, markdown: { highlight: null, math: false, fences: undefined } });
  for (const markdown of [null, undefined, false]) tellMistakes(none, { markdown });
  expect(told).toEqual([]);
});

test('a panel says so by itself', async () => {
  vi.stubEnv('NODE_ENV', 'development');
  onTestFinished(() => void vi.unstubAllEnvs());
  const told = hear();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: '*text*' }, finish);
  const { container } = render(
    <SluiceProvider worker={false}>
      <StreamPanel source={source} view={'html' as 'plain'} markdown={{ wrapCode: 'yes' as never }} />
    </SluiceProvider>,
  );
  await waitFor(() => expect(told.join()).toContain('markdown.wrapCode of a StreamPanel must be true or false.'));
  await waitFor(() => expect(container.querySelector('[data-stream-body]')?.textContent).toBe('*text*'));
});
