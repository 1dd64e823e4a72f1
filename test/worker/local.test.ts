import { expect, test } from 'vitest';
import type { StreamEvent } from '../../src/wire/index.ts';
import { TestPage } from './page.ts';

const text = (delta: string): StreamEvent => ({ type: 'text', part: 'a', delta });

test('[ST7] a local stream needs no relay', async () => {
  const page = new TestPage({
    fetch: () => {
      throw new Error('no network');
    },
  });
  page.configure('http://127.0.0.1:1/');
  page.receiver.receive({ type: 'feed', key: 7, fromSeq: 1, events: [text('hello ')] });
  page.receiver.receive({ type: 'feed', key: 7, fromSeq: 2, events: [text('world'), { type: 'finish', reason: 'stop' }] });
  await expect.poll(() => page.fold(7).status).toBe('done');
  expect(page.text(7)).toBe('hello world');
  expect(page.epochs.get(7)).toBe('local');
  expect(page.connections).toEqual([]);
  expect(page.faults).toEqual([]);
});

test('[ST7] a message before configure is a failure, not a throw', () => {
  const page = new TestPage();
  page.receiver.receive({ type: 'feed', key: 7, fromSeq: 1, events: [] });
  expect(page.messages).toMatchObject([{ type: 'failure', code: 'internal' }]);
});
