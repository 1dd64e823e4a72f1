import { expect, onTestFinished, test } from 'vitest';
import { preloadMarkdown, StreamPanel } from '../../../src/index.ts';
import { ManualSource } from '../../support/source.ts';
import { finish, start } from '../events.ts';
import { frame, openPage } from '../page.tsx';

interface Answer {
  readonly body: HTMLElement;
  readonly source: ManualSource;
  /** Text arrives; waits until what has closed says what it has turned out to be. */
  push(text: string): Promise<void>;
}

async function openAnswer(text: string): Promise<Answer> {
  await preloadMarkdown();
  const page = openPage();
  const source = new ManualSource();
  page.render(<StreamPanel source={source} view="markdown" />);
  source.push(start);
  source.text(text);
  await expect.poll(() => page.container.querySelector('[data-stream-body]')?.textContent ?? '').not.toBe('');
  await frame(15);
  const push = async (more: string): Promise<void> => {
    source.text(more);
    // What has closed is promoted within 150 ms (UI11): more than nine frames.
    await frame(15);
  };
  return { body: page.body(), source, push };
}

function texts(element: Element): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) found.push(walker.currentNode as Text);
  return found;
}

/** Selects the first of these words in the element; `backward`: from the end of them to the beginning. */
function select(element: Element, words: string, backward = false): void {
  onTestFinished(() => getSelection()?.removeAllRanges());
  const at = (element.textContent ?? '').indexOf(words);
  const place = (offset: number): [Text, number] => {
    let left = offset;
    for (const text of texts(element)) {
      if (left <= text.length) return [text, left];
      left -= text.length;
    }
    throw new Error(`There is no ${words}.`);
  };
  const ends = [place(at), place(at + words.length)] as const;
  const [anchor, focus] = backward ? [ends[1], ends[0]] : ends;
  getSelection()?.setBaseAndExtent(...anchor, ...focus);
  expect(getSelection()?.toString()).toBe(words);
}

function link(body: Element, text: string): HTMLAnchorElement {
  const found = [...body.querySelectorAll('a')].find(({ textContent }) => textContent === text);
  if (found === undefined) throw new Error(`There is no link ${text}.`);
  return found;
}

const note = '\n\n[^1]: A note.\n\n';

test.for<[before: string, definition: string, focused: string]>([
  ['See [guide] and [pay here](https://safe.example/pay) now.', '\n\n[guide]: https://other.example/\n\n', 'pay here'],
  ['See [^1] and [pay here](https://safe.example/pay) now.', note, 'pay here'],
  ['[one](https://a.example/1) [two] [three](https://a.example/3)', '\n\n[two]: https://a.example/2\n\n', 'three'],
  ['[guide] **or [pay here](https://a.example/pay)** *or* [that]', '\n\n[guide]: <x>\n\n[that]: https://a.example/2\n\n', 'pay here'],
  ['[our **long** guide][g] **or *[pay here](https://a.example/pay)***', '\n\n[g]: https://a.example/2\n\n', 'pay here'],
  ['![guide] and ![pay here](https://a.example/pay)', '\n\n[guide]: https://a.example/2\n\n', 'pay here'],
])(
  '[UI32] the focus stays on its link, and the link leads where it did, when a late definition makes others of %s',
  async ([before, definition, focused]) => {
    const { body, push } = await openAnswer(`${before}\n\nmore`);
    const element = link(body, focused);
    const links = body.querySelectorAll('a[href]').length;
    const { href } = element;
    element.focus();
    await push(definition);
    await expect.poll(() => body.querySelectorAll('p a[href]').length).toBeGreaterThan(links);
    expect(document.activeElement).toBe(element);
    expect(element.href).toBe(href);
    expect(element.textContent).toBe(focused);
  },
);

test('[UI32] the focus stays on its footnote when one in front of it is defined', async () => {
  const { body, push } = await openAnswer('See [^1] and [^2].\n\n[^2]: Second.\n\nmore');
  const reference = body.querySelector<HTMLAnchorElement>('p sup a');
  reference?.focus();
  await push('\n\n[^1]: First.\n\nend');
  await expect.poll(() => body.querySelectorAll('p sup a').length).toBe(2);
  expect(document.activeElement).toBe(reference);
  expect(body.querySelectorAll('p sup a')[1]).toBe(reference);
});

test.for<[before: string, after: string, selected: string, shows: string]>([
  [
    'First see [our **long** guide][g] and [^1] then copy THIS WORD please.\n\nA second paragraph, streaming',
    ' on.\n\n[g]: https://example.com/guide\n\n[^1]: A note.\n\nmore',
    'THIS WORD',
    'First see our long guide and 1 then copy THIS WORD please.',
  ],
  ['See [guide] please.\n\nmore', '\n\n[guide]: https://example.com/\n\nmore', 'guide', 'See guide please.'],
  ['See [guide] please.\n\nmore', '\n\n[guide]: https://example.com/\n\nmore', 'ide] plea', 'See guide please.'],
  ['**a [b] c** [d] *e [f][b] g* h.\n\nmore', '\n\n[b]: /1\n\n[d]: /2\n\n', 'g h', 'a b c d e f g h.'],
  ['this is **very bold', ' text\n\nnext', 'very', 'this is **very bold text'],
  ['use `code KEEP', ' text\n\nnext', 'KEEP', 'use `code KEEP text'],
  ['see [text KEEP', ' text\n\nnext', 'KEEP', 'see [text KEEP text'],
  ['pre ~~KEEP x', ' text\n\nnext', 'KEEP', 'pre ~~KEEP x text'],
  ['My *heading* text', '\n\nnext', 'heading text', 'My heading text'],
])('[UI32] what is selected in %s stays selected when it turns out to be something else', async ([before, after, selected, shows]) => {
  const letters = selected.replace(/[[\]]/g, '');
  for (const isBackward of [false, true]) {
    const { body, push } = await openAnswer(before);
    const leaf = body.querySelector('p') as Element;
    select(leaf, selected, isBackward);
    await push(after);
    await expect.poll(() => body.querySelector('p, h1, h2, h3, h4')?.textContent).toBe(shows);
    expect(getSelection()?.toString()).toBe(letters);
    const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection() as Selection;
    const range = document.createRange();
    range.setStart(anchorNode as Node, anchorOffset);
    range.setEnd(focusNode as Node, focusOffset);
    expect(range.collapsed).toBe(isBackward);
  }
});

test('[UI32] a selection from one block into another stays when both change', async () => {
  const { body, push } = await openAnswer('See [guide] please.\n\nAnd [guide] again, [^1] too.\n\nmore');
  const [first, second] = body.querySelectorAll('p');
  const [from] = texts(first as Element);
  const [to] = texts(second as Element);
  onTestFinished(() => getSelection()?.removeAllRanges());
  getSelection()?.setBaseAndExtent(from as Text, 12, to as Text, 17);
  await push(`\n\n[guide]: https://example.com/${note}`);
  await expect.poll(() => body.querySelectorAll('p sup').length).toBe(1);
  expect(getSelection()?.toString().split(/\n+/)).toEqual(['please.', 'And guide again']);
});

test.for<[text: string, line: string, tag: string]>([
  ['My Name text', '\n===\n\nmore', 'h4'],
  ['> *My* Name', '\n> ---\n', 'h4'],
  ['Name | Age', '\n--- | ---\n', 'th'],
  ['Age | *Name*', '\n--- | ---\n', 'th'],
])('[UI32] what is selected in %s stays selected when its line turns out to be of another kind', async ([text, line, tag]) => {
  const { body, push } = await openAnswer(text);
  const before = body.querySelector('p');
  select(body, 'Name', true);
  await push(line);
  await expect.poll(() => body.querySelector(tag)).not.toBeNull();
  expect(before?.isConnected).toBe(false);
  expect(getSelection()?.toString()).toBe('Name');
  expect(getSelection()?.anchorNode?.parentElement?.closest(tag)).not.toBeNull();
});

test('[UI32] a selection that the reader has made since is not changed by a block that comes later', async () => {
  const { body, push } = await openAnswer('My Name text');
  select(body, 'Name');
  getSelection()?.removeAllRanges();
  await push('\n===\n\nmore');
  await expect.poll(() => body.querySelector('h4')).not.toBeNull();
  expect(getSelection()?.toString()).toBe('');
});

test.for([
  'x **bold `code` bold** y',
  'x *em `code` em* y',
  '**bold *it* z**',
  '[a link *with* more](https://example.com/) *and* ~~more `of`~~ it',
  'see https://example.com/a(b)c. *And* <https://example.com> www.example.com/long a@example.com',
])('[UI32] pushed character by character, no text node of %s is replaced', async (text) => {
  const { body, source } = await openAnswer('Begin.\n\n');
  const list = body.querySelector('.sluice-list') as Element;
  const removed: string[] = [];
  const observer = new MutationObserver((records) => {
    for (const { removedNodes } of records) for (const node of removedNodes) if (node.textContent) removed.push(node.textContent);
  });
  observer.observe(list, { subtree: true, childList: true });
  onTestFinished(() => observer.disconnect());
  for (const character of text) {
    source.text(character);
    await frame(1);
  }
  source.push(finish);
  await frame(15);
  expect(removed).toEqual([]);
});
