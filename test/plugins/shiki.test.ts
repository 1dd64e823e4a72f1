import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { FromHighlighter, ToHighlighter } from '../../src/plugins/highlight/messages.ts';
import { createHighlighting } from '../../src/plugins/highlight/sessions.ts';
import { shiki } from '../../src/plugins/shiki.ts';
import type { TokenLine } from '../../src/react/markdown/code/highlighter.ts';
import { root } from '../project/repository.ts';
import { openHighlighting, openHighlightingWithin } from './worker.ts';

/** A worker in this thread, which says what it was sent, and answers when the test says so. */
function createWorker() {
  const inbox: ToHighlighter[] = [];
  const deferred: (() => void)[] = [];
  const unanswered = new Map<number, number>();
  let mostUnanswered = 0;
  let tokenized = 0;
  const worker = {
    onmessage: null as ((event: { data: FromHighlighter }) => void) | null,
    terminate() {},
    postMessage: (message: ToHighlighter) => void inbox.push(message),
  };
  const highlighting = createHighlighting({
    post(message) {
      if (message.type === 'lines' && message.last) unanswered.set(message.session, (unanswered.get(message.session) ?? 0) - 1);
      worker.onmessage?.({ data: message });
    },
    now: () => performance.now(),
    defer: (work) => void deferred.push(work),
  });
  return {
    worker: worker as unknown as Worker,
    /** Takes what was sent and does one slice of work. Says whether there was any. */
    step(): boolean {
      const messages = inbox.splice(0);
      for (const message of messages) {
        if (message.type === 'text') {
          tokenized += message.text.length;
          unanswered.set(message.session, (unanswered.get(message.session) ?? 0) + 1);
          mostUnanswered = Math.max(mostUnanswered, ...unanswered.values());
        }
        highlighting.receive(message);
      }
      const work = deferred.shift();
      work?.();
      return messages.length > 0 || work !== undefined;
    },
    get mostUnanswered() {
      return mostUnanswered;
    },
    get tokenized() {
      return tokenized;
    },
  };
}

test('[UI20] what streams by the line is read once, however long it is and however it is cut', async () => {
  const code = readFileSync(join(root, 'src/client/host.ts'), 'utf8').repeat(12);
  const fake = createWorker();
  const highlight = shiki({ worker: () => fake.worker });
  let text = '';
  const lines: TokenLine[] = [];
  const session = highlight.open({ language: 'ts', from: (offset) => text.slice(offset), onLines: (next) => void lines.push(...next) });
  const all = code.split(/(?<=\n)/);
  let state = 5;
  for (let at = 0; at < all.length; ) {
    state = (state * 48_271) % 2_147_483_647;
    const count = state % 9;
    text += all.slice(at, at + count).join('');
    at += count;
    session?.update(text.length);
    if (state % 3 === 0) fake.step();
    if (state % 11 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await vi.waitFor(() => {
    while (fake.step());
    expect(lines).toHaveLength(all.length);
  });
  expect(fake.tokenized).toBe(code.length);
  expect(fake.mostUnanswered).toBe(1);
});

test('[UI21] a session that made room for others begins anew, and hands no line on twice', async () => {
  const fake = createWorker();
  const highlight = shiki({ worker: () => fake.worker });
  const open = () => {
    const lines: TokenLine[] = [];
    const text = { value: '' };
    const session = highlight.open({
      language: 'json',
      from: (offset) => text.value.slice(offset),
      onLines: (next) => void lines.push(...next),
    });
    const append = (added: string): void => {
      text.value += added;
      session?.update(text.value.length);
    };
    return { lines, append };
  };
  const all = Array.from({ length: 300 }, open);
  for (const { append } of all) append('{\n"a": [\n');
  await vi.waitFor(() => {
    while (fake.step());
    for (const { lines } of all) expect(lines).toHaveLength(2);
  });
  const [first] = all;
  first?.append('"b"]\n}\n');
  await vi.waitFor(() => {
    while (fake.step());
    expect(first?.lines).toHaveLength(4);
  });
  const whole = open();
  whole.append('{\n"a": [\n"b"]\n}\n');
  await vi.waitFor(() => {
    while (fake.step());
    expect(whole.lines).toHaveLength(4);
  });
  expect(first?.lines).toEqual(whole.lines);
});

test('[UI20] a line that runs out of time while its grammar is compiled is read again, and what follows is right', async () => {
  const code = '/* a\nb */ const c = `d\ne`;\n';
  const calm = await openHighlighting('typescript');
  calm.text(1, 'typescript', code, true);
  calm.run();
  const busy = await openHighlightingWithin(250, 'typescript');
  let now = 0;
  let looks = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => {
    looks += 1;
    if (looks < 4) now += 1000;
    return now;
  });
  busy.text(1, 'typescript', code, true);
  busy.run();
  vi.restoreAllMocks();
  expect(looks).toBeGreaterThan(4);
  expect(busy.lines(1)).toEqual(calm.lines(1));
});

test('nothing is loaded or started before there is code', () => {
  let made = 0;
  shiki({
    worker: () => {
      made += 1;
      throw new Error('too early');
    },
  });
  expect(made).toBe(0);
});
