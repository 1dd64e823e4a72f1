import { describe, expect, test } from 'vitest';
import { createParserHost, longestTaskMs, mostDocuments, type ParserEnvironment, type ParserHost } from '../../src/markdown/host.ts';
import type { FromParser, HandedTexts } from '../../src/markdown/index.ts';
import { createFold } from './fold.ts';
import { parseWhole } from './oracle.ts';
import { treeOf } from './tree.ts';

/** A host whose clock goes on by `stepMs` whenever it is read, and whose tasks run when they are told to. */
function start(stepMs: number): { host: ParserHost; posted: FromParser[]; runTask(): boolean; now(): number } {
  let time = 0;
  let task: (() => void) | undefined;
  const posted: FromParser[] = [];
  const environment: ParserEnvironment = {
    now() {
      time += stepMs;
      return time;
    },
    scheduler: (run) => ({
      schedule() {
        task = run;
      },
      close() {
        task = undefined;
      },
    }),
  };
  const host = createParserHost((message) => posted.push(message), environment);
  return {
    host,
    posted,
    now: () => time,
    runTask() {
      const run = task;
      task = undefined;
      run?.();
      return run !== undefined;
    },
  };
}

function parsed(posted: readonly FromParser[]): Extract<FromParser, { type: 'parsed' }>[] {
  return posted.filter((message) => message.type === 'parsed');
}

const text = '# Title\n\nA paragraph with *emphasis*.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n'.repeat(20);

describe('the parser behind its messages', () => {
  test('says that it is ready, and answers a text at once if that is quick', async () => {
    const { host, posted } = start(0);
    await Promise.resolve();
    expect(posted).toEqual([{ type: 'ready' }]);
    host.receive({ type: 'open', document: 1, syntax: {} });
    host.receive({ type: 'text', texts: [{ document: 1, offset: 0, text, ended: true }] });
    expect(posted).toHaveLength(2);
    const [answer] = parsed(posted);
    expect(answer).toMatchObject({ last: true, changes: [{ document: 1, length: text.length, ended: true }] });
    const fold = createFold();
    for (const { ops } of answer?.changes ?? []) fold.apply(ops);
    expect(treeOf(fold.root)).toEqual(parseWhole(text, {}));
  });

  test('[MD1] [MD3] of a giant leaf a message holds one part, however quick it is to hand over, and of several documents too', () => {
    const { host, posted, runTask } = start(0);
    const giant = '[a](b) '.repeat(20_000);
    for (const document of [1, 2]) host.receive({ type: 'open', document, syntax: {} });
    host.receive({ type: 'text', texts: [1, 2].map((document) => ({ document, offset: 0, text: giant, ended: true })) });
    while (runTask());
    const answers = parsed(posted);
    for (const { changes } of answers)
      expect(changes.flatMap(({ ops }) => ops).filter(({ type }) => type === 'segments').length).toBeLessThanOrEqual(1);
    for (const document of [1, 2]) {
      const fold = createFold();
      for (const { changes } of answers) for (const change of changes) if (change.document === document) fold.apply(change.ops);
      expect(fold.root.children[0]?.segments.flat().filter(({ type }) => type === 'link')).toHaveLength(20_000);
    }
    expect(answers.at(-1)?.last).toBe(true);
  });

  test('a long text takes several tasks, none longer than it may; only the last answer says `last`', () => {
    const { host, posted, runTask, now } = start(0.25);
    host.receive({ type: 'open', document: 1, syntax: {} });
    let before = now();
    host.receive({ type: 'text', texts: [{ document: 1, offset: 0, text, ended: true }] });
    let tasks = 1;
    do {
      expect(now() - before).toBeLessThan(longestTaskMs + 2);
      before = now();
      tasks += 1;
    } while (runTask());
    expect(tasks).toBeGreaterThan(5);
    const answers = parsed(posted);
    expect(answers.map(({ last }) => last)).toEqual([...answers.slice(1).map(() => false), true]);
    const fold = createFold();
    for (const { changes } of answers) for (const { ops } of changes) fold.apply(ops);
    expect(treeOf(fold.root)).toEqual(parseWhole(text, {}));
    expect(answers.at(-1)?.changes.at(-1)).toMatchObject({ length: text.length, ended: true });
  });

  test('a giant document does not hold up the others', () => {
    const { host, posted, runTask } = start(0.25);
    host.receive({ type: 'open', document: 1, syntax: {} });
    host.receive({ type: 'open', document: 2, syntax: {} });
    host.receive({
      type: 'text',
      texts: [
        { document: 1, offset: 0, text: text.repeat(10), ended: false },
        { document: 2, offset: 0, text: 'short', ended: false },
      ],
    });
    expect(parsed(posted)[0]?.changes.find(({ document }) => document === 2)?.length).toBe(5);
    expect(parsed(posted)[0]?.last).toBe(false);
    while (runTask());
    expect(parsed(posted).at(-1)?.last).toBe(true);
  });

  test('what was handed over says when that was, unless there was so much that its answer is work and no waiting', () => {
    const { host, posted } = start(0);
    const port = { onmessage: (_: { data: HandedTexts }): void => {} };
    host.receive({ type: 'open', document: 1, syntax: {} });
    host.receive({ type: 'port', port: port as unknown as MessagePort, transfer: [] });
    let offset = 0;
    const since = (length: number, at: number): number | undefined => {
      port.onmessage({ data: { since: at, texts: [{ document: 1, offset, text: 'x'.repeat(length), ended: false }] } });
      offset += length;
      return parsed(posted).at(-1)?.since;
    };
    expect([since(10, 7), since(10_000, 8), since(10, 9)]).toEqual([7, undefined, 9]);
    host.receive({ type: 'text', texts: [{ document: 1, offset, text: 'y', ended: false }] });
    expect(parsed(posted).at(-1)?.since).toBeUndefined();
  });

  test('every text message gets its last answer, of an unknown or closed document too', () => {
    const { host, posted, runTask } = start(0.25);
    host.receive({ type: 'text', texts: [{ document: 9, offset: 0, text: 'x', ended: false }] });
    expect(parsed(posted)).toEqual([{ type: 'parsed', changes: [], last: true }]);
    host.receive({ type: 'open', document: 1, syntax: {} });
    host.receive({ type: 'text', texts: [{ document: 1, offset: 0, text, ended: false }] });
    expect(parsed(posted).at(-1)?.last).toBe(false);
    host.receive({ type: 'close', document: 1 });
    while (runTask());
    expect(parsed(posted).at(-1)?.last).toBe(true);
  });

  test('never throws: too many documents are a failure', () => {
    const { host, posted } = start(0);
    for (let document = 1; document <= mostDocuments + 1; document += 1) host.receive({ type: 'open', document, syntax: {} });
    expect(posted.filter(({ type }) => type === 'failure')).toEqual([
      { type: 'failure', message: expect.stringContaining(String(mostDocuments)) },
    ]);
  });

  test('what is final leaves its place to others', () => {
    const { host, posted } = start(0);
    for (let document = 1; document <= mostDocuments + 1; document += 1) {
      host.receive({ type: 'open', document, syntax: {} });
      host.receive({ type: 'text', texts: [{ document, offset: 0, text: '', ended: true }] });
    }
    expect(posted.filter(({ type }) => type === 'failure')).toEqual([]);
    expect(parsed(posted)).toHaveLength(mostDocuments + 1);
  });

  test('after `close` nothing is posted', () => {
    const { host, posted, runTask } = start(0.25);
    host.receive({ type: 'open', document: 1, syntax: {} });
    host.receive({ type: 'text', texts: [{ document: 1, offset: 0, text, ended: false }] });
    const before = posted.length;
    host.close();
    expect(runTask()).toBe(false);
    host.receive({ type: 'text', texts: [{ document: 1, offset: 0, text, ended: true }] });
    expect(posted).toHaveLength(before);
  });

  test('its entry can be imported where there is no worker', async () => {
    await expect(import('../../src/markdown/entry.ts')).resolves.toBeDefined();
  });
});
