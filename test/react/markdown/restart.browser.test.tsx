import { expect, test } from 'vitest';
import { finish } from '../events.ts';
import { frame } from '../page.tsx';
import { openManual } from './page.tsx';
import { append, close, open, paragraph } from './parser.ts';

test('[UI33] when the parser dies the body stays, and is replaced as a whole once the new one has said as much', async () => {
  const page = await openManual();
  await page.step('one\n\ntwo', [...paragraph(1, 'one'), close(1), ...paragraph(2, 'two')], 'onetwo');
  const seen: string[] = [];
  const observer = new MutationObserver(() => seen.push(page.body.textContent ?? ''));
  observer.observe(page.body, { subtree: true, childList: true, characterData: true });
  page.parsers[0]?.crash();
  await expect.poll(() => page.parsers[1]?.texts).toEqual(['one\n\ntwo']);
  await frame(3);
  expect(page.body.textContent).toBe('onetwo');
  page.parsers[1]?.answer([...paragraph(1, 'one'), close(1), ...paragraph(2, 'two')]);
  await frame(3);
  await page.step(' more', [append(2, ' more')], 'onetwo more');
  observer.disconnect();
  expect(seen.filter((text) => !text.startsWith('onetwo'))).toEqual([]);
});

test('[UI2] [UI33] a parser that is slow holds back the end, and nothing else', async () => {
  const page = await openManual();
  await page.step('one', paragraph(1, 'one'), 'one');
  page.source.push(finish);
  await expect.poll(() => page.parsers[0]?.received.filter(({ type }) => type === 'text').length).toBe(2);
  await frame(4);
  expect(page.panel.dataset['status']).toBe('streaming');
  page.parsers[0]?.answer([close(1)]);
  await expect.poll(() => page.panel.dataset['status']).toBe('done');
});

test('[UI33] when no parser can be kept, the answer is shown as the text it is', async () => {
  const page = await openManual();
  await page.step(
    '*one*',
    [
      open(1, { type: 'paragraph' }),
      { type: 'inline', key: 1, from: 0, segments: [[{ type: 'emphasis', children: [{ type: 'text', text: 'one' }] }]] },
    ],
    'one',
  );
  for (let death = 0; death < 4; death += 1) {
    await expect.poll(() => page.parsers[death]?.texts).toEqual(['*one*']);
    page.parsers[death]?.answer([]);
    page.parsers[death]?.crash();
  }
  await expect.poll(() => page.body.textContent).toBe('*one*');
  page.source.text(' more');
  page.source.push(finish);
  await expect.poll(() => page.panel.dataset['status']).toBe('done');
  expect(page.body.textContent).toBe('*one* more');
});
