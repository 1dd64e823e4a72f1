import type { ReactNode } from 'react';
import { expect } from 'vitest';
import { type MarkdownOptions, preloadMarkdown, SluiceProvider, StreamPanel } from '../../../src/index.ts';
import type { BlockOp } from '../../../src/markdown/index.ts';
import { openRoot } from '../../support/root.ts';
import { ManualSource } from '../../support/source.ts';
import { start } from '../events.ts';
import '../page.tsx';
import { ManualParser } from './parser.ts';

export interface ManualPage {
  readonly source: ManualSource;
  /** All parsers there were; the last is the present one. */
  readonly parsers: readonly ManualParser[];
  render(ui: ReactNode): void;
  readonly panel: HTMLElement;
  readonly body: HTMLElement;
  /** Text arrives, and the parser says what it means; waits until the body shows `shows`. */
  step(text: string, ops: readonly BlockOp[], shows?: string): Promise<void>;
}

/** A Markdown panel whose text and parser are the test's. */
export async function openManual(
  markdown?: MarkdownOptions,
  around: (panel: ReactNode) => ReactNode = (panel) => panel,
): Promise<ManualPage> {
  await preloadMarkdown();
  const { container, ...root } = openRoot();
  const parsers: ManualParser[] = [];
  const markdownWorker = (): Worker => {
    const parser = new ManualParser();
    parsers.push(parser);
    return parser as unknown as Worker;
  };
  const source = new ManualSource();
  const render = (ui: ReactNode): void =>
    root.render(
      <SluiceProvider worker={false} markdownWorker={markdownWorker}>
        {ui}
      </SluiceProvider>,
    );
  const find = (selector: string): HTMLElement => {
    const element = container.querySelector<HTMLElement>(selector);
    if (element === null) throw new Error(`There is no ${selector} on the page.`);
    return element;
  };
  render(around(<StreamPanel source={source} view="markdown" title="M" {...(markdown && { markdown })} />));
  source.push(start);
  let sent = '';
  const page: ManualPage = {
    source,
    parsers,
    render,
    get panel() {
      return find('[data-stream-panel]');
    },
    get body() {
      return find('[data-stream-body]');
    },
    async step(text, ops, shows) {
      sent += text;
      if (text !== '') source.text(text);
      await expect.poll(() => parsers.at(-1)?.texts.at(-1)).toBe(sent);
      parsers.at(-1)?.answer(ops);
      if (shows !== undefined) await expect.poll(() => page.body.textContent).toBe(shows);
    },
  };
  return page;
}
