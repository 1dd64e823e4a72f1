import { Profiler, StrictMode } from 'react';
import { expect, test, vi } from 'vitest';
import { scriptedEvents } from '../../server/providers/script.ts';
import { StreamGrid, StreamPanel } from '../../src/index.ts';
import type { StreamEvent } from '../../src/wire/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { frame, openPage, setHidden, watch } from './page.tsx';

/** The text of a scripted answer, and a source that streams it. */
async function script(options: Parameters<typeof scriptedEvents>[0]) {
  let text = '';
  for await (const event of scriptedEvents({ ...options, rate: 0 })) if (event.type === 'text') text += event.delta;
  return { text, source: scriptedEvents(options) };
}

test.for([1, 2, 3])('[UI1, UI2] at every moment a prefix of the text, equal to it when the status says so (seed %i)', async (seed) => {
  const page = openPage();
  const { text, source } = await script({ seed, tokens: 1500, rate: 3000 });
  page.render(<StreamPanel source={source} />);
  await expect.poll(() => page.container.querySelector('[data-stream-panel]')).not.toBeNull();
  const { sights } = watch(page.panel());
  await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
  expect(page.body().textContent).toBe(text);
  expect(sights.some((sight) => sight.text !== '' && sight.text !== text)).toBe(true);
  expect(sights.filter((sight) => !text.startsWith(sight.text))).toEqual([]);
  expect(sights.filter((sight) => sight.status === 'done' && sight.text !== text)).toEqual([]);
  expect(sights.filter((sight) => sight.status === 'pending' && sight.text !== '')).toEqual([]);
  expect(new Set(sights.filter((sight) => sight.text !== '').map((sight) => sight.epoch)).size).toBe(1);
});

test('[UI2] failed and stopped are not ahead of the text either', async () => {
  const page = openPage();
  const failing = new ManualSource();
  const stopped = new ManualSource();
  page.render([<StreamPanel key="a" source={failing} title="a" />, <StreamPanel key="b" source={stopped} title="b" />]);
  await expect.poll(() => page.container.querySelectorAll('[data-stream-panel]').length).toBe(2);
  const sights = [watch(page.panel(0)).sights, watch(page.panel(1)).sights];
  failing.push(start, { type: 'text', part: 't0', delta: 'half an ans' });
  failing.push({ type: 'error', code: 'upstream_truncated', message: 'It broke off.', retryable: true });
  stopped.push(start, { type: 'text', part: 't0', delta: 'half an ans' }, { type: 'stopped', by: 'user' });
  await expect.poll(() => [page.status(0), page.status(1)]).toEqual(['failed', 'stopped']);
  for (const seen of sights) expect(seen.filter(({ status, text }) => /failed|stopped/.test(status) && text !== 'half an ans')).toEqual([]);
  expect(page.panel(0).textContent).toContain('upstream_truncated');
});

test('[UI3] commits of React do not grow with the deltas', async () => {
  const commitsFor = async (tokens: number): Promise<number> => {
    const page = openPage();
    let commits = 0;
    page.render(
      <Profiler
        id="panel"
        onRender={() => {
          commits += 1;
        }}
      >
        <StreamPanel source={scriptedEvents({ seed: 4, tokens, rate: 2000 })} />
      </Profiler>,
    );
    await expect.poll(() => page.status(), { timeout: 10_000 }).toBe('done');
    await frame(2);
    return commits;
  };
  const few = await commitsFor(20);
  const many = await commitsFor(3000);
  expect(many).toBeLessThanOrEqual(few + 2);
});

test('[UI3] one loop for all panels, and none when nothing changes', async () => {
  const page = openPage();
  const requested = vi.spyOn(window, 'requestAnimationFrame');
  const sources = Array.from({ length: 6 }, (_, index) => scriptedEvents({ seed: index, tokens: 200, rate: 400 }));
  page.render(
    <StreamGrid>
      {sources.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing is reordered
        <StreamPanel key={index} source={source} title={`Answer ${index}`} />
      ))}
    </StreamGrid>,
  );
  await expect.poll(() => sources.map((_, index) => page.status(index)), { timeout: 10_000 }).toEqual(sources.map(() => 'done'));
  const callbacks = new Map<unknown, number>();
  for (const [callback] of requested.mock.calls) callbacks.set(callback, (callbacks.get(callback) ?? 0) + 1);
  expect(callbacks.size).toBe(1);
  await frame(3);
  const before = requested.mock.calls.length;
  await frame(5);
  // Only those of `frame` itself.
  expect(requested.mock.calls.length).toBe(before + 5);
  requested.mockRestore();
});

test('[UI4] text is appended to one node; nothing is removed, and no finished line is touched', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} />);
  source.push(start);
  source.text('one\ntwo\nthr');
  await expect.poll(() => page.body().textContent).toBe('one\ntwo\nthr');
  const sealed = [...page.body().querySelectorAll('.sluice-line')].slice(0, 2).map((line) => line.firstChild);
  const { records } = watch(page.panel());
  for (const delta of ['ee', ' and', ' on\n', 'four']) {
    source.text(delta);
    await expect.poll(() => page.body().textContent?.endsWith(delta)).toBe(true);
  }
  const inBody = records.filter(({ target }) => page.body().contains(target));
  expect(inBody.some(({ type }) => type === 'characterData')).toBe(true);
  expect(inBody.flatMap(({ removedNodes }) => [...removedNodes])).toEqual([]);
  expect(inBody.filter(({ target }) => sealed.includes(target as ChildNode))).toEqual([]);
});

test('[UI4] while the stream runs its last line has the cursor, and no other', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} />);
  source.push(start);
  const withCursor = (): (string | null)[] =>
    [...page.body().querySelectorAll('.sluice-line')]
      .filter((line) => getComputedStyle(line, '::after').content !== 'none')
      .map(({ textContent }) => textContent);
  for (const [delta, last] of [
    ['one', 'one'],
    [' line\n', 'one line\n'],
    ['two\nthree', 'three'],
  ] as const) {
    source.text(delta);
    await expect.poll(() => page.body().textContent?.endsWith(delta)).toBe(true);
    expect(withCursor()).toEqual([last]);
  }
  source.push(finish);
  await expect.poll(() => page.panel().dataset['status']).toBe('done');
  expect(withCursor()).toEqual([]);
});

test('[UI5] paused, the text stands while the log goes on; then everything shows at once', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} title="P" />);
  source.push(start);
  source.text('before');
  await expect.poll(() => page.body().textContent).toBe('before');
  page.button(/^Pause/).click();
  await expect.poll(() => page.panel().dataset['paused']).toBe('');
  source.text(', meanwhile');
  source.push(finish);
  await expect.poll(() => [...page.client.store.getState().streams.values()][0]?.status).toBe('done');
  await frame(3);
  expect(page.body().textContent).toBe('before');
  expect(page.status()).toBe('streaming');
  const { sights } = watch(page.panel());
  page.button(/^Resume/).click();
  await expect.poll(() => page.status()).toBe('done');
  expect(page.panel().dataset['paused']).toBeUndefined();
  expect(new Set(sights.map(({ text }) => text))).toEqual(new Set(['before', 'before, meanwhile']));
});

test('[UI6] [ST7] Strict Mode, and mounting again within the grace: one reading, and the whole text', async () => {
  const page = openPage();
  const source = new ManualSource();
  const opened = vi.spyOn(source, Symbol.asyncIterator);
  const panel = (
    <StrictMode>
      <StreamPanel source={source} />
    </StrictMode>
  );
  page.render(panel);
  source.push(start);
  source.text('first ');
  await expect.poll(() => page.body().textContent).toBe('first ');
  page.clear();
  await expect.poll(() => page.container.childElementCount).toBe(0);
  source.text('second ');
  page.render(panel);
  await expect.poll(() => page.body().textContent).toBe('first second ');
  expect(source.returned).toBe(false);
  source.text('third');
  source.push(finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().textContent).toBe('first second third');
  expect(opened).toHaveBeenCalledTimes(1);
});

test('[UI6] a panel that mounts on a finished stream shows it in its first picture', async () => {
  const page = openPage();
  const source = new ManualSource();
  source.push(start, { type: 'text', part: 't0', delta: 'already here' }, finish);
  page.render(<StreamPanel source={source} />);
  await expect.poll(() => page.status()).toBe('done');
  const seen: string[] = [];
  page.render([
    <StreamPanel
      key="again"
      source={source}
      ref={(element) => void (element && queueMicrotask(() => seen.push(element.textContent ?? '')))}
    />,
  ]);
  await expect.poll(() => seen.length).toBeGreaterThan(0);
  expect(seen[0]).toContain('already here');
});

test('[ST7] two panels on one stream show the same text, and stop it for both', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render([<StreamPanel key="a" source={source} title="a" />, <StreamPanel key="b" source={source} title="b" />]);
  source.push(start);
  source.text('for both');
  await expect.poll(() => [page.body(0).textContent, page.body(1).textContent]).toEqual(['for both', 'for both']);
  page.button(/^Stop b/).click();
  await expect.poll(() => [page.status(0), page.status(1)]).toEqual(['stopped', 'stopped']);
});

test('[ST7] every form of local source is shown whole', async () => {
  const page = openPage();
  async function* words(): AsyncGenerator<string> {
    yield 'an ';
    yield 'iterable';
  }
  const sources = {
    iterable: words(),
    stream: new Response('a stream').body?.pipeThrough(new TextDecoderStream()) as ReadableStream<string>,
    bytes: new Response('bytes: ä€👍').body as ReadableStream<Uint8Array>,
    response: new Response('a response', { headers: { 'content-type': 'text/plain' } }),
  };
  page.render(Object.entries(sources).map(([title, source]) => <StreamPanel key={title} source={source} title={title} />));
  await expect.poll(() => [0, 1, 2, 3].map((index) => page.status(index))).toEqual(['done', 'done', 'done', 'done']);
  expect([0, 1, 2, 3].map((index) => page.body(index).textContent)).toEqual(['an iterable', 'a stream', 'bytes: ä€👍', 'a response']);
});

test('[UI1] another source in the same panel: never the text of the one under the id of the other', async () => {
  const page = openPage();
  const first = new ManualSource();
  const second = new ManualSource();
  first.push(start, { type: 'text', part: 't0', delta: 'first answer' });
  page.render(<StreamPanel source={first} />);
  await expect.poll(() => page.body().textContent).toBe('first answer');
  const panel = page.panel();
  const firstId = panel.dataset['streamId'];
  const seen: { id: string | undefined; text: string }[] = [];
  const observer = new MutationObserver(() => {
    seen.push({ id: panel.dataset['streamId'], text: panel.querySelector('[data-stream-body]')?.textContent ?? '' });
  });
  observer.observe(panel, { subtree: true, childList: true, characterData: true, attributes: true });
  page.render(<StreamPanel source={second} />);
  second.push(start, { type: 'text', part: 't0', delta: 'second answer' }, finish);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().textContent).toBe('second answer');
  expect(page.panel().dataset['streamId']).not.toBe(firstId);
  observer.disconnect();
  expect(seen.filter(({ id, text }) => (id === firstId) !== 'first answer'.startsWith(text) && text !== '')).toEqual([]);
});

test('[UI7] a hidden page touches nothing and catches up once', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} />);
  source.push(start);
  source.text('shown');
  await expect.poll(() => page.body().textContent).toBe('shown');
  setHidden(true);
  const { records, sights } = watch(page.panel());
  for (let count = 0; count < 20; count += 1) source.text(` ${count}`);
  source.push(finish);
  await expect.poll(() => [...page.client.store.getState().streams.values()][0]?.status).toBe('done');
  await frame(3);
  expect(records.filter(({ target }) => page.body().contains(target))).toEqual([]);
  expect(page.status()).toBe('streaming');
  setHidden(false);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().textContent).toBe(`shown ${Array.from({ length: 20 }, (_, count) => count).join(' ')}`);
  expect(new Set(sights.map(({ text }) => text).filter((text) => text !== 'shown')).size).toBe(1);
});

test('reasoning, tools and sources are outside of the text; only web addresses are links', async () => {
  const page = openPage();
  const source = new ManualSource();
  const events: StreamEvent[] = [
    start,
    { type: 'reasoning', part: 'r', delta: 'Let me think.' },
    { type: 'tool-call', part: 'c', name: 'search', executedBy: 'provider' },
    { type: 'tool-args', part: 'c', delta: '{"q":1}' },
    { type: 'text', part: 't0', delta: 'The answer.' },
    { type: 'tool-result', part: 'c', result: 'found' },
    { type: 'source', part: 's0', url: 'https://example.com/a', title: 'A' },
    { type: 'source', part: 's1', url: 'javascript:alert(1)', title: 'B' },
    { type: 'source', part: 's2', url: 'data:text/html,x', title: 'C' },
    finish,
  ];
  source.push(...events);
  page.render(<StreamPanel source={source} />);
  await expect.poll(() => page.status()).toBe('done');
  expect(page.body().textContent).toBe('The answer.');
  const summary = page.container.querySelector<HTMLElement>('.sluice-reasoning summary');
  expect(page.panel().textContent).not.toContain('Let me think.');
  summary?.click();
  await expect.poll(() => page.panel().textContent).toContain('Let me think.');
  expect(page.body().textContent).toBe('The answer.');
  expect([...page.container.querySelectorAll('a')].map((link) => link.href)).toEqual(['https://example.com/a']);
  expect(page.panel().textContent).toContain('answered');
});
