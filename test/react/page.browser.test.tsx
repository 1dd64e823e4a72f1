import { createRef, StrictMode, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { expect, onTestFinished, test } from 'vitest';
import {
  ConnectionStatus,
  preloadMarkdown,
  type SluiceClient,
  SluiceProvider,
  StreamGrid,
  StreamPanel,
  type StreamSource,
  StreamStats,
  useSluice,
  useStream,
  useStreamText,
} from '../../src/index.ts';
import { ManualSource } from '../support/source.ts';
import { finish, start } from './events.ts';
import { frame, openPage, watch } from './page.tsx';

test('[UI8] what a server rendered is taken over without a difference, and streams', async () => {
  const source = new ManualSource();
  const App = () => (
    <StrictMode>
      <SluiceProvider worker={false}>
        <ConnectionStatus />
        <StreamGrid>
          <StreamPanel source={source} title="Hydrated" />
        </StreamGrid>
      </SluiceProvider>
    </StrictMode>
  );
  const container = document.createElement('main');
  document.body.append(container);
  container.innerHTML = renderToString(<App />);
  const body = container.querySelector('[data-stream-body]');
  const differences: unknown[] = [];
  const root = hydrateRoot(container, <App />, { onRecoverableError: (error) => void differences.push(error) });
  onTestFinished(() => {
    root.unmount();
    container.remove();
  });
  source.push(start, { type: 'text', part: 't0', delta: 'taken over' }, finish);
  await expect.poll(() => container.querySelector<HTMLElement>('[data-stream-panel]')?.dataset['status']).toBe('done');
  expect(container.querySelector('[data-stream-body]')).toBe(body);
  expect(body?.textContent).toBe('taken over');
  expect(differences).toEqual([]);
});

test('[UI6] the provider’s own client survives Strict Mode and is closed when the provider is gone', async () => {
  const seen = new Set<SluiceClient>();
  const Spy = () => {
    seen.add(useSluice());
    return <ConnectionStatus />;
  };
  const container = document.createElement('main');
  const root = createRoot(container);
  root.render(
    <StrictMode>
      <SluiceProvider worker={false}>
        <Spy />
      </SluiceProvider>
    </StrictMode>,
  );
  await expect.poll(() => container.childElementCount).toBe(1);
  await frame(3);
  const [client] = [...seen].slice(-1);
  expect(client?.store.getState().connection.status).toBe('idle');
  root.unmount();
  await expect.poll(() => client?.store.getState().connection.status).toBe('closed');
});

test('a client that was given is not closed', async () => {
  const page = openPage();
  page.render(<ConnectionStatus />);
  await expect.poll(() => page.container.querySelector('[data-connection]')).not.toBeNull();
  page.clear();
  await frame(3);
  expect(page.client.store.getState().connection.status).toBe('idle');
});

test('the connection’s root says status and transport', async () => {
  const page = openPage();
  page.render(<ConnectionStatus className="mine" />);
  const root = () => page.container.querySelector<HTMLElement>('[data-connection]');
  await expect.poll(() => root()?.dataset['connection']).toBe('idle');
  expect(root()?.dataset['transport']).toBe('');
  const { connection } = page.client.store.getState();
  page.client.store.setState({
    connection: { ...connection, status: 'connected', transport: 'websocket', fallbackReason: 'UDP is blocked.' },
  });
  await expect.poll(() => root()?.dataset['connection']).toBe('connected');
  expect(root()?.dataset['transport']).toBe('websocket');
  expect(root()?.textContent).toContain('UDP is blocked.');
  // Also before the first success: a relay that is not there is no secret.
  page.client.store.setState({
    connection: { ...connection, status: 'connecting', error: { code: 'connect_failed', message: 'Nobody answers.', retryable: true } },
  });
  await expect.poll(() => root()?.textContent).toContain('Nobody answers.');
});

test('[UI6] a source written inline is one stream through any number of renders', async () => {
  const page = openPage();
  const Rerendering = () => {
    const [count, setCount] = useState(0);
    return (
      <>
        <button type="button" onClick={() => setCount(count + 1)}>
          render {count}
        </button>
        <StreamPanel source={{ id: 'inline' }} />
        <StreamPanel source={{ request: { provider: 'scripted', model: 'm', prompt: 'p' } }} title="request" />
      </>
    );
  };
  page.render(<Rerendering />);
  await expect.poll(() => page.client.store.getState().streams.size).toBe(2);
  for (let count = 0; count < 5; count += 1) {
    page.button(/render/).click();
    await expect.poll(() => page.button(/render/).textContent).toBe(`render ${count + 1}`);
  }
  expect(page.client.store.getState().streams.size).toBe(2);
});

test('ref, className, style and other attributes reach the root of every part', async () => {
  const page = openPage();
  const source = new ManualSource();
  const panel = createRef<HTMLElement>();
  const header = createRef<HTMLElement>();
  const body = createRef<HTMLDivElement>();
  const footer = createRef<HTMLElement>();
  const stats = createRef<HTMLDListElement>();
  const grid = createRef<HTMLDivElement>();
  const mine = { className: 'mine', style: { opacity: 0.5 }, id: 'x' };
  page.render(
    <StreamGrid ref={grid} {...mine}>
      <StreamPanel ref={panel} source={source} {...mine}>
        <StreamPanel.Header ref={header} {...mine} />
        <StreamPanel.Body ref={body} {...mine} />
        <StreamPanel.Footer ref={footer} {...mine}>
          <StreamStats ref={stats} {...mine} />
        </StreamPanel.Footer>
      </StreamPanel>
    </StreamGrid>,
  );
  await expect.poll(() => stats.current).not.toBeNull();
  for (const ref of [panel, header, body, footer, stats, grid]) {
    expect(ref.current?.classList.contains('mine')).toBe(true);
    expect(ref.current?.className).toMatch(/^sluice-/);
    expect([ref.current?.style.opacity, ref.current?.id]).toEqual(['0.5', 'x']);
  }
});

test('[UI3] useStreamText follows the text frame by frame, and stands while paused', async () => {
  const page = openPage();
  const source = new ManualSource();
  const Reader = ({ from }: { readonly from: StreamSource }) => {
    const stream = useStream(from);
    return (
      <>
        <p>{useStreamText(stream)}</p>
        <button type="button" onClick={stream.paused ? stream.resume : stream.pause}>
          {stream.paused ? 'Go on' : 'Hold'}
        </button>
      </>
    );
  };
  page.render(<Reader from={source} />);
  const text = () => page.container.querySelector('p')?.textContent;
  source.push(start);
  source.text('one');
  await expect.poll(text).toBe('one');
  page.button(/Hold/).click();
  await expect.poll(() => page.button(/Go on/)).toBeDefined();
  source.text(' two');
  await frame(4);
  expect(text()).toBe('one');
  page.button(/Go on/).click();
  await expect.poll(text).toBe('one two');
});

test('figures: tokens, rate and time to first token; the provider’s own count at the end', async () => {
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} />);
  await expect.poll(() => page.container.querySelector('[data-stat="tokens"]')?.textContent).toBe('–');
  source.push(start);
  for (let count = 0; count < 10; count += 1) source.text('word ');
  const stat = (name: string) => page.container.querySelector(`[data-stat="${name}"]`)?.textContent;
  await expect.poll(() => stat('tokens')).toBe('10');
  expect(stat('first-token')).toMatch(/^\d+ ms$|^\d+\.\d s$/);
  await expect.poll(() => page.status()).toBe('streaming');
  const { records } = watch(page.panel());
  source.push({ type: 'usage', inputTokens: 3, outputTokens: 1234 }, finish);
  await expect.poll(() => stat('tokens')).toBe('1,234');
  expect(records.length).toBeGreaterThan(0);
});

test('[UI5] [UI6] a panel of a stream that the app follows itself: both pause, resume and stop it', async () => {
  const page = openPage();
  const source = new ManualSource();
  const Own = () => {
    const stream = useStream(source);
    return (
      <>
        <button type="button" onClick={stream.pause}>
          Hold
        </button>
        <output>
          {stream.status} {stream.paused ? 'paused' : 'running'}
        </output>
        <StreamPanel stream={stream} title="Own" />
      </>
    );
  };
  page.render(<Own />);
  const said = () => page.container.querySelector('output')?.textContent;
  source.push(start);
  source.text('one');
  await expect.poll(() => page.body().textContent).toBe('one');
  expect(said()).toBe('streaming running');
  page.button(/Hold/).click();
  await expect.poll(() => page.panel().dataset['paused']).toBe('');
  page.button(/^Resume Own/).click();
  await expect.poll(said).toBe('streaming running');
  page.button(/^Stop Own/).click();
  await expect.poll(said).toBe('stopped running');
  expect(page.client.store.getState().streams.size).toBe(1);
});

const layoutReads: readonly (readonly [object, readonly string[]])[] = [
  [Element.prototype, ['scrollTop', 'scrollHeight', 'clientHeight', 'clientWidth', 'getBoundingClientRect', 'scrollTo', 'scrollIntoView']],
  [HTMLElement.prototype, ['offsetHeight', 'offsetWidth']],
  [window, ['getComputedStyle']],
];

/** Reads of the layout or the style of elements from now on, and what reads it to scroll. */
function watchLayoutReads(): readonly string[] {
  const reads: string[] = [];
  for (const [target, names] of layoutReads) {
    for (const name of names) {
      const own = Object.getOwnPropertyDescriptor(target, name) ?? {};
      const watched = { ...own };
      for (const part of ['get', 'set', 'value'] as const) {
        const call: unknown = own[part];
        if (typeof call !== 'function') continue;
        watched[part] = function (this: unknown, ...given: unknown[]): unknown {
          reads.push(name);
          return Reflect.apply(call, this, given);
        };
      }
      Object.defineProperty(target, name, watched);
      onTestFinished(() => void Object.defineProperty(target, name, own));
    }
  }
  return reads;
}

test.for(['plain', 'markdown'] as const)('[UI15] fifty %s panels that mount at once read no layout before a frame does', async (view) => {
  await preloadMarkdown();
  const page = openPage();
  const sources = Array.from({ length: 50 }, () => new ManualSource());
  const reads = watchLayoutReads();
  flushSync(() =>
    page.render(
      sources.map((source, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they stay as they are
        <StreamPanel key={index} source={source} view={view} />
      )),
    ),
  );
  expect(page.container.querySelectorAll('.sluice-scroller').length).toBe(50);
  expect(reads).toEqual([]);
  // What it would have seen.
  const scroller = page.container.querySelector<HTMLElement>('.sluice-scroller');
  scroller?.getBoundingClientRect();
  expect(scroller?.offsetHeight).toBeGreaterThan(0);
  expect(reads).toEqual(['getBoundingClientRect', 'offsetHeight']);
});
