import { expect, onTestFinished, test, vi } from 'vitest';
import type { DocumentChange } from '../../../src/markdown/index.ts';
import { createParser, type ParserSource } from '../../../src/react/markdown/parser.ts';
import { ChunkedText } from '../../../src/store/textlog.ts';
import { ManualParser } from './parser.ts';

interface TestSource extends ParserSource {
  readonly log: ChunkedText;
  isEnded: boolean;
  most: number;
  readonly changes: DocumentChange[];
  restarts: number;
  failures: number;
}

function createSource(): TestSource {
  const log = new ChunkedText();
  const source: TestSource = {
    log,
    isEnded: false,
    most: Number.POSITIVE_INFINITY,
    changes: [],
    restarts: 0,
    failures: 0,
    syntax: {},
    text: () => log,
    limit: () => source.most,
    ended: () => source.isEnded,
    onChange: (change) => void source.changes.push(change),
    onRestart() {
      source.restarts += 1;
    },
    onFailed() {
      source.failures += 1;
    },
  };
  return source;
}

/** A parser over workers of the test, the present one last. */
function createWorkers() {
  const workers: ManualParser[] = [];
  const waits: number[] = [];
  const parser = createParser(
    () => {
      const worker = new ManualParser();
      workers.push(worker);
      return worker as unknown as Worker;
    },
    (waitMs) => void waits.push(waitMs),
  );
  const worker = (): ManualParser => {
    const last = workers.at(-1);
    if (last === undefined) throw new Error('There is no worker.');
    return last;
  };
  const texts = () => worker().received.filter((message) => message.type === 'text');
  return { parser, workers, worker, texts, waits };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

test('[UI33] one message with text is unanswered, whatever arrives in all documents; the next has all of it', async () => {
  const { parser, worker, texts } = createWorkers();
  const [a, b] = [createSource(), createSource()];
  const [first, second] = [parser.open(a), parser.open(b)];
  a.log.append('a1');
  b.log.append('b1');
  first.update();
  second.update();
  await turn();
  expect(texts()).toEqual([
    {
      type: 'text',
      texts: [
        { document: 1, offset: 0, text: 'a1', ended: false },
        { document: 2, offset: 0, text: 'b1', ended: false },
      ],
    },
  ]);
  for (let count = 0; count < 100; count += 1) {
    a.log.append('x');
    first.update();
    await Promise.resolve();
  }
  b.log.append('b2');
  b.isEnded = true;
  second.update();
  await turn();
  expect(texts().length).toBe(1);
  worker().answer([], 1);
  await turn();
  expect(texts().slice(1)).toEqual([
    {
      type: 'text',
      texts: [
        { document: 1, offset: 2, text: 'x'.repeat(100), ended: false },
        { document: 2, offset: 2, text: 'b2', ended: true },
      ],
    },
  ]);
  worker().answer([], 2);
  expect(b.changes.at(-1)).toEqual({ document: 2, ops: [], length: 4, reach: 4, ended: true });
  await turn();
  // What is final is let go of, and asked for nothing more.
  expect(worker().received.at(-1)).toEqual({ type: 'close', document: 2 });
  second.update();
  await turn();
  expect(texts().length).toBe(2);
});

test('[UI33] a long text goes in pieces, and waits for nobody else’s', async () => {
  const { parser, worker, texts } = createWorkers();
  const [long, short] = [createSource(), createSource()];
  long.log.append('l'.repeat(200_000));
  long.isEnded = true;
  short.log.append('s');
  parser.open(long);
  parser.open(short);
  for (let count = 0; count < 5; count += 1) {
    await turn();
    worker().answer([], 1);
  }
  const pieces = texts().flatMap((message) => (message.type === 'text' ? message.texts : []));
  expect(pieces.filter(({ document }) => document === 1).map(({ text, ended }) => [text.length, ended])).toEqual([
    [65_536, false],
    [65_536, false],
    [65_536, false],
    [3392, true],
  ]);
  expect(texts()[0]).toMatchObject({ texts: [{ document: 1 }, { document: 2, text: 's' }] });
});

test('[UI33] what is beyond the limit stays where it is', async () => {
  const { parser, worker, texts } = createWorkers();
  const source = createSource();
  source.most = 3;
  source.isEnded = true;
  source.log.append('abcdef');
  const parsing = parser.open(source);
  await turn();
  worker().answer([], 1);
  await turn();
  expect(texts()).toEqual([{ type: 'text', texts: [{ document: 1, offset: 0, text: 'abc', ended: false }] }]);
  source.most = 6;
  parsing.update();
  await turn();
  expect(texts()[1]).toEqual({ type: 'text', texts: [{ document: 1, offset: 3, text: 'def', ended: true }] });
});

test('[UI33] after a death each open document is parsed anew under another number, and late answers are nobody’s', async () => {
  const { parser, workers, worker, texts } = createWorkers();
  const [open, done] = [createSource(), createSource()];
  open.log.append('open');
  done.log.append('done');
  done.isEnded = true;
  parser.open(open);
  parser.open(done);
  await turn();
  const [first] = workers;
  worker().answer([], 2);
  first?.crash();
  await turn();
  expect(workers.length).toBe(2);
  expect(first?.terminated).toBe(true);
  expect([open.restarts, done.restarts]).toEqual([1, 0]);
  expect(texts()).toEqual([{ type: 'text', texts: [{ document: 3, offset: 0, text: 'open', ended: false }] }]);
  const before = open.changes.length;
  worker().answer([], 1);
  expect(open.changes.length).toBe(before);
});

test('[UI33] a parser that dies again and again is given up, and everybody told', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => complaints.mockRestore());
  const { parser, workers, worker } = createWorkers();
  const source = createSource();
  source.log.append('text');
  parser.open(source);
  for (let count = 0; count < 4; count += 1) {
    await turn();
    worker().answer([], worker().document);
    worker().crash();
  }
  await turn();
  expect(workers.length).toBe(4);
  expect(source.failures).toBe(1);
  expect(String(complaints.mock.calls[0]?.[0])).toContain('The Markdown parser died 4 times');
  const late = createSource();
  parser.open(late);
  await turn();
  expect(late.failures).toBe(1);
});

test('[UI33] where no worker can start, the page parses', async () => {
  const parser = createParser(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  const source = createSource();
  source.log.append('# A');
  source.isEnded = true;
  parser.open(source);
  await expect.poll(() => source.changes.at(-1)).toMatchObject({ length: 3, ended: true });
  expect(source.changes.flatMap(({ ops }) => ops)[0]).toMatchObject({ type: 'open', block: { type: 'heading', depth: 1 } });
});

test('[UI42] an answer tells how long it was waited for, unless there was much to parse', async () => {
  const { parser, worker, waits } = createWorkers();
  const source = createSource();
  const parsing = parser.open(source);
  source.log.append('a word');
  parsing.update();
  await turn();
  const askedAt = performance.now();
  await turn();
  const leastMs = performance.now() - askedAt;
  worker().answer([]);
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThanOrEqual(leastMs);
  source.log.append('x'.repeat(10_000));
  parsing.update();
  await turn();
  worker().answer([]);
  expect(waits).toHaveLength(1);
  source.log.append('a word');
  parsing.update();
  await turn();
  worker().answer([]);
  expect(waits).toHaveLength(2);
});
