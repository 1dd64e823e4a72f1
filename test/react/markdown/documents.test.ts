import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { findDocument, openDocument } from '../../../src/react/markdown/documents.ts';
import type { StreamEvent } from '../../../src/wire/index.ts';
import type { StreamChange } from '../../../src/worker/messages.ts';
import { finish, start } from '../events.ts';
import { openStored } from '../stored.ts';
import { ManualParser, paragraph } from './parser.ts';

function openStore() {
  const { store, handle } = openStored();
  const parser = new ManualParser();
  const worker = starting(parser);
  let changes = 0;
  const reader = {
    onChange: () => {
      changes += 1;
    },
    limit: () => Number.POSITIVE_INFINITY,
  };
  const apply = (epoch: string, fromSeq: number, events: readonly StreamEvent[], reset?: StreamChange['reset']): void =>
    store.apply([
      {
        key: 1,
        epoch,
        entries: events.map((event, index) => ({ fromSeq: fromSeq + index, seq: fromSeq + index, at: 0, event })),
        receivedAt: 0,
        ...(reset === undefined ? {} : { reset }),
      },
    ]);
  return { handle, parser, worker, reader, apply, changes: () => changes };
}

/** In a scope of its own: it is kept for ever, with all that its scope has. */
const starting = (parser: ManualParser) => (): Worker => parser as unknown as Worker;
const text = (delta: string): StreamEvent => ({ type: 'text', part: 't0', delta });
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const blocks = (root: { groups: readonly { children: readonly unknown[] }[] }): number =>
  root.groups.flatMap(({ children }) => children).length;

test('[UI30] [ST5] another generation of the text is another document, and answers about the old one are nobody’s', async () => {
  const { handle, parser, worker, reader, apply } = openStore();
  const { document } = openDocument(handle, {}, worker, reader);
  apply('e1', 1, [start, text('old and wrong')]);
  await turn();
  parser.answer(paragraph(1, 'old and wrong'));
  const old = document.model;
  expect([blocks(old.root), document.length, document.generation]).toEqual([1, 13, 0]);
  apply('e1', 3, [text(', and more')]);
  await turn();
  const before = parser.document;
  apply('e2', 1, [start, text('new'), finish], { snapshotSeq: 3 });
  expect([document.generation, document.length, document.ended, document.model === old]).toEqual([1, 0, false, false]);
  parser.answer(paragraph(2, 'late'), before);
  expect([blocks(document.model.root), blocks(old.root)]).toEqual([0, 1]);
  await turn();
  parser.answer(paragraph(1, 'new'));
  expect([blocks(document.model.root), document.length, document.ended]).toEqual([1, 3, true]);
});

test('[UI33] what is parsed anew is shown once it says as much as what is on display, not before', async () => {
  const { handle, reader, apply } = openStore();
  const parsers: ManualParser[] = [];
  const { document } = openDocument(
    handle,
    {},
    () => {
      parsers.push(new ManualParser());
      return parsers.at(-1) as unknown as Worker;
    },
    reader,
  );
  const long = 'x'.repeat(150_000);
  apply('e1', 1, [start, text(long)]);
  const answered: [length: number, isOld: boolean][] = [];
  let old = document.model;
  const answer = async (parser: ManualParser | undefined): Promise<void> => {
    await turn();
    parser?.answer([]);
    answered.push([document.length, document.model === old]);
  };
  for (let piece = 0; piece < 3; piece += 1) await answer(parsers[0]);
  expect(answered.splice(0)).toEqual([
    [65_536, true],
    [131_072, true],
    [150_000, true],
  ]);
  parsers[0]?.crash();
  for (let piece = 0; piece < 3; piece += 1) await answer(parsers[1]);
  expect(answered.splice(0)).toEqual([
    [150_000, true],
    [150_000, true],
    [150_000, false],
  ]);
  // From then on it is as any other: also one that dies again.
  old = document.model;
  apply('e1', 3, [text('more')]);
  await answer(parsers[1]);
  parsers[1]?.crash();
  await answer(parsers[2]);
  expect(answered).toEqual([
    [150_004, true],
    [150_004, true],
  ]);
});

test('[UI30] panels of one stream share its document, also one that comes when it is final and nobody reads it', async () => {
  const { handle, parser, worker, reader, apply, changes } = openStore();
  const first = openDocument(handle, {}, worker, reader);
  const second = openDocument(handle, {}, worker, reader);
  expect(second.document).toBe(first.document);
  apply('e1', 1, [start, text('one'), finish]);
  await turn();
  parser.answer(paragraph(1, 'one'));
  expect(changes()).toBe(2);
  expect(parser.received.filter(({ type }) => type === 'open')).toHaveLength(1);
  first.release();
  second.release();
  expect(findDocument(handle, {})).toBe(first.document);
  expect(openDocument(handle, {}, worker, reader).document).toBe(first.document);
  // With math it is another one.
  expect(findDocument(handle, { math: true })).toBeUndefined();
});

test('[UI33] what is final and read by nobody goes when its stream leaves the store', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  /** In a function of its own, so that nothing here holds the stream. */
  const show = async (): Promise<WeakRef<object>> => {
    const { handle, parser, worker, reader, apply } = openStore();
    const reference = openDocument(handle, {}, worker, reader);
    apply('e1', 1, [start, text('over'), finish]);
    await turn();
    parser.answer(paragraph(1, 'over'));
    expect(reference.document.ended).toBe(true);
    reference.release();
    return new WeakRef(reference.document.model);
  };
  const model = await show();
  await vi.waitFor(() => {
    collect();
    expect(model.deref() === undefined).toBe(true);
  });
});

test('[UI33] a document that is kept for later lets go of who showed it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { handle, parser, worker, apply } = openStore();
  /** In a function of its own, so that nothing here holds the reader. */
  const show = async (): Promise<WeakRef<object>> => {
    const reader = { onChange: () => {}, limit: () => Number.POSITIVE_INFINITY };
    const reference = openDocument(handle, {}, worker, reader);
    apply('e1', 1, [start, text('shown once')]);
    await turn();
    parser.answer(paragraph(1, 'shown once'));
    reference.release();
    return new WeakRef(reader);
  };
  const reader = await show();
  await vi.waitFor(() => {
    collect();
    // Not the reader itself: a failed expectation would hold it.
    expect(reader.deref() === undefined).toBe(true);
  });
  expect(findDocument(handle, {})?.length).toBe(10);
});

test('[UI33] what nobody reads is kept for three seconds, and what is final longer', async () => {
  const { handle, parser, worker, reader, apply } = openStore();
  apply('e1', 1, [start, text('text')]);
  const { document, release } = openDocument(handle, {}, worker, reader);
  await turn();
  parser.answer(paragraph(1, 'text'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    release();
    vi.advanceTimersByTime(2900);
    const again = openDocument(handle, {}, worker, reader);
    expect(again.document).toBe(document);
    // It is read again: nothing of the time before counts.
    vi.advanceTimersByTime(60_000);
    expect(findDocument(handle, {})).toBe(document);
    again.release();
    vi.advanceTimersByTime(3100);
    expect(findDocument(handle, {})).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
  const last = openDocument(handle, {}, worker, reader);
  apply('e1', 3, [finish]);
  await turn();
  parser.answer(paragraph(1, 'text'));
  expect(last.document.ended).toBe(true);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    last.release();
    vi.advanceTimersByTime(60_000);
    expect(findDocument(handle, {})).toBe(last.document);
  } finally {
    vi.useRealTimers();
  }
});

test('[UI33] of what is final and nobody reads there are two million code units at most, what was read last', async () => {
  const finishLong = async () => {
    const { handle, parser, worker, reader, apply } = openStore();
    apply('e1', 1, [start, text('x'.repeat(1 << 20)), finish]);
    const reference = openDocument(handle, {}, worker, reader);
    while (!reference.document.ended) {
      await turn();
      parser.answer([]);
    }
    return { handle, release: reference.release };
  };
  const documents = [await finishLong(), await finishLong(), await finishLong()];
  for (const { release } of documents) release();
  expect(documents.map(({ handle }) => findDocument(handle, {}) !== undefined)).toEqual([false, true, true]);
});
