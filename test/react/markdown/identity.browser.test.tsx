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
