import { expect, onTestFinished, test, vi } from 'vitest';
import { createFrames, type FrameHost, type FrameTask, type Rank } from '../../src/react/frame.ts';
import { createDisplay } from '../../src/react/panel/display.ts';
import { createPlainBody } from '../../src/react/panel/plain.ts';
import { createBudget } from '../../src/react/running/budget.ts';
import { pacing } from '../../src/react/running/smooth.ts';
import { running } from '../../src/react/running.ts';
import type { Visibility } from '../../src/react/visibility.ts';
import type { LogEntry, StreamEvent } from '../../src/wire/index.ts';
import type { StreamChange } from '../../src/worker/messages.ts';
import { finish, start } from './events.ts';
import { openStored } from './stored.ts';

/** A panel’s element and display over a real store, with frames by hand. */
function openDisplay() {
  const { store, handle } = openStored();
  let due: ((now: number) => void) | undefined;
  let print = (): void => {};
  const budget = createBudget();
  const host: FrameHost = {
    requestFrame: (callback) => {
      due = callback;
    },
    now: () => 0,
    isHidden: () => false,
    onVisible: () => {},
    onPrint: (callback) => {
      print = callback;
    },
    afterPaint: (callback) => callback(),
    budget: () => (running.module === undefined ? undefined : budget),
  };
  const loop = createFrames(host);
  const urgent: boolean[] = [];
  const request = (task: FrameTask, isUrgent = false): void => {
    urgent.push(isUrgent);
    loop.request(task, isUrgent);
  };
  let rank: Rank = 'visible';
  const sight: Visibility = { watch: () => () => {}, place: () => 0, rank: () => rank };
  const display = createDisplay(
    () => ({ ...loop, request }),
    () => sight,
  );
  const root = document.createElement('section');
  const text = document.createElement('div');
  root.append(text);
  const body = createPlainBody(text);
  display.root(root);
  const removeText = display.live({ ...body, show: ({ record: shown }, ...rest) => body.show(shown.text, ...rest) });
  onTestFinished(display.bind(handle));
  const see = () => ({ epoch: root.dataset['epoch'], text: text.textContent, status: root.dataset['status'] });
  const frame = (now = 0) => {
    const callback = due;
    due = undefined;
    callback?.(now);
    return see();
  };
  frame();
  /** Whether what has been asked for since is urgent. */
  const asked = (): boolean[] => urgent.splice(0);
  const move = (to: Rank): void => {
    rank = to;
  };
  return { store, display, removeText, root, see, frame, asked, move, print: () => print() };
}

function change(epoch: string, fromSeq: number, events: readonly StreamEvent[], reset?: StreamChange['reset']): StreamChange {
  const entries: LogEntry[] = events.map((event, index) => ({ fromSeq: fromSeq + index, seq: fromSeq + index, at: 0, event }));
  return { key: 1, epoch, entries, receivedAt: 0, ...(reset === undefined ? {} : { reset }) };
}

const text = (delta: string): StreamEvent => ({ type: 'text', part: 't0', delta });

test('[UI1] [ST5] a snapshot takes the place of the text in one frame, together with its epoch', async () => {
  const { store, root, see, frame } = openDisplay();
  store.apply([change('e1', 1, [start, text('old and wrong')])]);
  expect(frame()).toEqual({ epoch: 'e1', text: 'old and wrong', status: 'streaming' });
  const sights: unknown[] = [];
  const observer = new MutationObserver(() => sights.push(see()));
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
  store.apply([change('e2', 1, [start, text('new')], { snapshotSeq: 3 })]);
  expect(frame()).toEqual({ epoch: 'e1', text: 'old and wrong', status: 'streaming' });
  store.apply([change('e2', 3, [text(' text'), finish])]);
  frame();
  await Promise.resolve();
  observer.disconnect();
  expect(see()).toEqual({ epoch: 'e2', text: 'new text', status: 'done' });
  expect(sights).toEqual([{ epoch: 'e2', text: 'new text', status: 'done' }]);
});

test('[UI5] held, a snapshot does not touch what is shown', () => {
  const { store, display, frame } = openDisplay();
  store.apply([change('e1', 1, [start, text('held')])]);
  frame();
  display.hold(true);
  store.apply([change('e2', 1, [start, text('replaced'), finish], { snapshotSeq: 3 })]);
  expect(frame()).toEqual({ epoch: 'e1', text: 'held', status: 'streaming' });
  display.settle();
  expect(frame()).toEqual({ epoch: 'e1', text: 'held', status: 'streaming' });
  display.hold(false);
  expect(frame()).toEqual({ epoch: 'e2', text: 'replaced', status: 'done' });
});

test('[UI5] held while a long text comes in, it stands still there, whatever asks for a turn', () => {
  const { store, display, see, frame } = openDisplay();
  const long = 'a line of a long answer\n'.repeat(4000);
  store.apply([change('e1', 1, [start, text(long), finish])]);
  const { text: shown } = frame();
  expect(shown.length).toBeLessThan(long.length / 2);
  display.hold(true);
  expect(display.heldAt()).toBe(shown.length);
  for (let count = 0; count < 3; count += 1) {
    display.settle();
    expect(frame()).toEqual({ epoch: 'e1', text: shown, status: 'streaming' });
  }
  display.hold(false);
  for (let count = 0; count < 20; count += 1) frame();
  expect(see()).toEqual({ epoch: 'e1', text: long, status: 'done' });
});

test('[UI2] a panel that is left behind says that it is pending', () => {
  const { store, display, root, see, frame } = openDisplay();
  store.apply([change('e1', 1, [start, text('all of it'), finish])]);
  frame();
  display.root(null);
  expect(see().status).toBe('pending');
  display.root(root);
  expect(see().status).toBe('done');
});

test('[UI2] a frame that has not come shows neither text nor status', () => {
  const { store, see, frame } = openDisplay();
  store.apply([change('e1', 1, [start, text('all of it'), finish])]);
  expect(see()).toEqual({ epoch: '', text: '', status: 'pending' });
  expect(frame()).toEqual({ epoch: 'e1', text: 'all of it', status: 'done' });
});

test('[UI12] first text and end are asked for urgently where they can be seen, and nothing else is', () => {
  const { store, frame, asked, move } = openDisplay();
  asked();
  store.apply([change('e1', 1, [start])]);
  frame();
  asked();
  store.apply([change('e1', 2, [text('first')])]);
  expect(asked()).toEqual([true]);
  frame();
  store.apply([change('e1', 3, [text(' second')])]);
  expect(asked()).toEqual([false]);
  frame();
  move('offscreen');
  store.apply([change('e1', 4, [finish])]);
  expect(asked()).toEqual([false]);
  move('visible');
  store.apply([change('e1', 5, [])]);
  expect(asked()).toEqual([true]);
});

test('[UI9] a panel whose text asks for its turns has none when something arrives, only when there is something to show', () => {
  const { store, display, removeText, frame } = openDisplay();
  store.apply([change('e1', 1, [start, text('first')])]);
  frame();
  removeText();
  let turns = 0;
  display.live({
    asks: true,
    show() {
      turns += 1;
      return false;
    },
    clear() {},
  });
  frame();
  turns = 0;
  store.apply([change('e1', 3, [text(' second')])]);
  frame();
  expect(turns).toBe(0);
  display.settle();
  frame();
  expect(turns).toBe(1);
  // What is no text of its own does not wait for it.
  store.apply([change('e1', 4, [finish])]);
  frame();
  expect(turns).toBe(2);
});

test('[UI2] an end is on display only with the parts in front of it, and what shows those is loaded with the first', async () => {
  expect(running.module).toBeUndefined();
  const { store, display, see, frame } = openDisplay();
  store.apply([change('e1', 1, [start, text('text'), { type: 'source', part: 's', url: 'https://example.org' }, finish])]);
  expect(frame()).toEqual({ epoch: 'e1', text: 'text', status: 'streaming' });
  expect(display.shown().parts).toEqual([]);
  await running.load();
  expect(see().status).toBe('streaming');
  expect(frame().status).toBe('done');
  expect(display.shown().parts).toHaveLength(1);
});

test('[ST3] what React is told changes with parts, status and the first text, and never with text', async () => {
  await running.load();
  const { store, display, frame } = openDisplay();
  let told = 0;
  display.subscribe(() => {
    told += 1;
  });
  store.apply([change('e1', 1, [start, text('first')])]);
  frame();
  expect(told).toBe(1);
  for (let seq = 3; seq < 100; seq += 1) {
    store.apply([change('e1', seq, [text('more')])]);
    frame();
  }
  expect(told).toBe(1);
  store.apply([change('e1', 100, [{ type: 'tool-call', part: 'c', name: 'search', executedBy: 'provider' }])]);
  frame();
  store.apply([change('e1', 101, [{ type: 'tool-result', part: 'c', result: 1 }])]);
  frame();
  store.apply([change('e1', 102, [finish])]);
  frame();
  expect(told).toBe(4);
  expect(display.shown().parts).toHaveLength(1);
});

test('the scroller is seen to after React has rendered an ending, which no text came with', () => {
  const { store, display, frame } = openDisplay();
  const order: string[] = [];
  const settle = (): boolean => {
    order.push('settle');
    return false;
  };
  display.stick({ settle, restart() {}, disconnect() {} });
  store.apply([change('e1', 1, [start, text('all there is')])]);
  for (let count = 0; count < 3; count += 1) frame();
  order.length = 0;
  display.subscribe(() => void order.push('render'));
  store.apply([change('e1', 3, [{ type: 'stopped', by: 'user' }])]);
  frame();
  expect(order).toEqual(['render', 'settle']);
  frame();
  expect(order).toEqual(['render', 'settle']);
});

test('[UI6] another stream, or none, empties the panel at once', () => {
  const { store, display, see, frame } = openDisplay();
  store.apply([change('e1', 1, [start, text('gone'), finish])]);
  frame();
  display.bind(undefined);
  expect(see()).toEqual({ epoch: '', text: '', status: 'pending' });
  expect(display.shown().status).toBe('pending');
});

test('[UI16] [UI2] paced, a burst is shown over several frames, its characters whole, and the end at once with all of it', async () => {
  const { store, display, frame } = openDisplay();
  await running.load();
  await pacing.load();
  display.pace('smooth');
  const burst = '👩‍👩‍👧‍👦 one word after the other. '.repeat(20);
  store.apply([change('e1', 1, [start, text(burst)])]);
  const from = performance.now();
  const first = frame(from + 16);
  const second = frame(from + 32);
  expect(first.status).toBe('streaming');
  expect(second.text.length).toBeGreaterThan(first.text.length);
  expect(second.text.length).toBeLessThan(burst.length / 2);
  expect(burst.startsWith(second.text)).toBe(true);
  store.apply([change('e1', 3, [text('and the end'), finish])]);
  expect(frame(from + 48)).toEqual({ epoch: 'e1', text: `${burst}and the end`, status: 'done' });
});

test('[UI16] where the reader asks for reduced motion nothing is paced', async () => {
  vi.stubGlobal('matchMedia', (query: string) => ({ matches: query.includes('reduced-motion') }));
  onTestFinished(() => void vi.unstubAllGlobals());
  const { store, display, frame } = openDisplay();
  await running.load();
  await pacing.load();
  display.pace('smooth');
  store.apply([change('e1', 1, [start, text('word '.repeat(100))])]);
  expect(frame(performance.now() + 16).text).toHaveLength(500);
});

test('[UI14] [UI2] a long answer is shown over several frames, and its end with the last of it', () => {
  const { store, see, frame } = openDisplay();
  const long = 'a line of a long answer\n'.repeat(4000);
  store.apply([change('e1', 1, [start, text(long), finish])]);
  const first = frame();
  expect(first.text.length).toBeGreaterThan(1000);
  expect(first.text.length).toBeLessThan(long.length / 2);
  expect(first.status).toBe('streaming');
  for (let count = 0; count < 10; count += 1) frame();
  expect(see()).toEqual({ epoch: 'e1', text: long, status: 'done' });
});

test('[UI14] before printing a long text is all there, at once', async () => {
  await running.load();
  const { store, see, print } = openDisplay();
  const long = 'a line of a long answer\n'.repeat(4000);
  store.apply([change('e1', 1, [start, text(long), finish])]);
  print();
  expect(see()).toEqual({ epoch: 'e1', text: long, status: 'done' });
});
