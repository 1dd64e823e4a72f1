import { expect, test } from 'vitest';
import { createPlainBody } from '../../src/react/panel/plain.ts';

/** A text log over one growing string. */
function createLog() {
  let text = '';
  return {
    append: (delta: string) => {
      text += delta;
    },
    get length() {
      return text.length;
    },
    from: (offset: number) => text.slice(offset),
    toString: () => text,
  };
}

function show(deltas: readonly string[]) {
  const element = document.createElement('div');
  const body = createPlainBody(element);
  const log = createLog();
  for (const delta of deltas) {
    log.append(delta);
    body.show(log, log.length, (wanted) => wanted);
    expect(element.textContent).toBe(log.toString());
  }
  return { element, body, log, boxes: [...element.querySelectorAll('.sluice-line')].map((line) => line.textContent) };
}

test('[UI4] a finished line is a box of its own, its newline included', () => {
  expect(show(['one\ntwo\n\nthr', 'ee']).boxes).toEqual(['one\n', 'two\n', '\n', 'three']);
});

test('[UI4] the open line is one text node that grows, and finished lines are never touched again', () => {
  const { element, body, log } = show(['first\nsec']);
  const open = element.querySelectorAll('.sluice-line')[1]?.firstChild;
  const touched: Node[] = [];
  const observer = new MutationObserver((records) => touched.push(...records.map((record) => record.target)));
  observer.observe(element, { childList: true, characterData: true, subtree: true });
  log.append('ond');
  body.show(log, log.length, (wanted) => wanted);
  log.append(' line\nthird');
  body.show(log, log.length, (wanted) => wanted);
  touched.push(...observer.takeRecords().map((record) => record.target));
  expect(element.querySelectorAll('.sluice-line')[1]?.firstChild).toBe(open);
  expect(open?.textContent).toBe('second line\n');
  expect(new Set(touched)).toEqual(new Set([open, element.firstChild]));
});

test('[UI4] the last line, and no other, has the class of the last', () => {
  for (const pieces of [['one'], ['one\n'], ['one\ntwo\nthr', 'ee\nfo', 'ur'], ['line\n'.repeat(200), 'line\n'.repeat(1_500), 'more']]) {
    const lines = [...show(pieces).element.querySelectorAll('.sluice-line')];
    expect(lines.filter(({ className }) => className === 'sluice-line sluice-at-end')).toEqual(lines.slice(-1));
    expect(lines.slice(0, -1).every(({ className }) => className === 'sluice-line')).toBe(true);
  }
});

test('[UI1] carriage returns, separators, tabs, nulls and empty lines stay exactly as they are', () => {
  show(['a\r', '\nb\r\n\r\n', '\u2028c\u2029\u0085\v\f', '\td  e \n', ' \u00a0\u200b\u0000x', '\n\n\n']);
});

test('[UI1] Markdown, HTML, right-to-left, CJK and emoji are text', () => {
  const { element } = show(['<b>no</b> &amp; <script>', '\n# **x**\n', 'שלום עולם\n', '你好，世界\n', '👩‍👩‍👧‍👦 🇩🇪 👍🏽']);
  expect(element.querySelector('b, script')).toBeNull();
});

test('[UI4] lines are gathered in groups of 200', () => {
  const { element } = show([Array.from({ length: 480 }, (_, index) => `line ${index}\n`).join('')]);
  expect([...element.children].map((group) => group.childElementCount)).toEqual([200, 200, 80]);
});

test('[UI4] [UI17] a very long text has its groups in parts of eight, beyond the first eight', () => {
  const { element } = show([Array.from({ length: 200 * 26 + 7 }, (_, index) => `line ${index}\n`).join('')]);
  expect([...element.children].map((child) => [child.className, child.childElementCount])).toEqual([
    ...Array.from({ length: 8 }, () => ['sluice-lines', 200]),
    ['sluice-lines-part', 8],
    ['sluice-lines-part', 8],
    ['sluice-lines-part', 3],
  ]);
  expect([...(element.lastElementChild?.children ?? [])].map((group) => group.childElementCount)).toEqual([200, 200, 7]);
});

test.each([
  ['words', 'backpressure '],
  ['no spaces', 'x'],
  ['CJK', '你好世界'],
  ['emoji of several code points', '👩‍👩‍👧‍👦'],
])('[UI4] a very long line of %s is continued in boxes of bounded length, cut between characters', (_, word) => {
  const { boxes } = show(Array.from({ length: 200 }, () => word.repeat(Math.ceil(100 / word.length))));
  expect(boxes.length).toBeGreaterThan(3);
  for (const box of boxes) {
    expect(box.length).toBeLessThanOrEqual(4096 + 32);
    expect(box).not.toMatch(/^(?:\p{M}|\u200d|[\udc00-\udfff])/u);
  }
  if (word.endsWith(' ')) for (const box of boxes.slice(0, -1)) expect(box.endsWith(' ')).toBe(true);
});

test('[UI4] a very long line that comes at once is continued in boxes, too', () => {
  const { boxes } = show(['y'.repeat(50_000)]);
  expect(Math.max(...boxes.map((box) => box.length))).toBeLessThanOrEqual(4096);
});

test('[UI1] any text cut anywhere is shown exactly', () => {
  const alphabet = ['a', ' ', '\n', '\r', '\t', '\u2028', '👍', 'é', '中', '\n\n', 'word '.repeat(700)];
  let state = 7;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let round = 0; round < 30; round += 1) {
    const deltas = Array.from({ length: 40 }, () => alphabet[Math.floor(random() * alphabet.length)] ?? '');
    show(deltas.filter((delta) => delta !== ''));
  }
});

test('[ST5] cleared, it begins again', () => {
  const { element, body, log } = show(['old\ntext']);
  body.clear();
  expect(element.textContent).toBe('');
  body.show(log, log.length, (wanted) => wanted);
  expect(element.textContent).toBe('old\ntext');
});
