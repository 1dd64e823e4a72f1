/// <reference types="vite/client" />
import type { ReactNode } from 'react';
import { onTestFinished } from 'vitest';
import { createClient } from '../../src/client.ts';
import { type ClientOptions, type SluiceClient, SluiceProvider } from '../../src/index.ts';
import { openRoot } from '../support/root.ts';
import '../../src/styles/code.css';
import '../../src/styles/controls.css';
import '../../src/styles/layout.css';
import '../../src/styles/panel.css';
import '../../src/styles/parts.css';
import '../../src/styles/print.css';
import '../../src/styles/selection.css';
import '../../src/styles/text.css';
import '../../src/styles/markdown.css';
import '../../src/styles/tokens.css';

export interface Page {
  readonly container: HTMLElement;
  readonly client: SluiceClient;
  render(ui: ReactNode): void;
  /** Empties the page, the provider stays. */
  clear(): void;
  /** The first panel, or the one at `index`. */
  panel(index?: number): HTMLElement;
  body(index?: number): HTMLElement;
  status(index?: number): string | undefined;
  button(name: RegExp): HTMLButtonElement;
}

/** A React root with a client of its own. Taken down with the test. */
export function openPage(options: ClientOptions = {}): Page {
  const client = createClient({ worker: false, ...options });
  onTestFinished(() => client.close());
  const { container, ...root } = openRoot();
  const render = (ui: ReactNode): void => root.render(<SluiceProvider client={client}>{ui}</SluiceProvider>);
  const at = (selector: string, index: number): HTMLElement => {
    const element = container.querySelectorAll<HTMLElement>(selector)[index];
    if (element === undefined) throw new Error(`There is no ${selector} number ${index} on the page.`);
    return element;
  };
  const page: Page = {
    container,
    client,
    render,
    clear: () => render(null),
    panel: (index = 0) => at('[data-stream-panel]', index),
    body: (index = 0) => at('[data-stream-body]', index),
    status: (index = 0) => container.querySelectorAll<HTMLElement>('[data-stream-panel]')[index]?.dataset['status'],
    button(name) {
      const buttons = [...container.querySelectorAll('button')];
      const found = buttons.find((button) => name.test(button.getAttribute('aria-label') ?? button.textContent ?? ''));
      if (found === undefined) throw new Error(`There is no button ${name} on the page.`);
      return found;
    },
  };
  return page;
}

export interface Sight {
  readonly text: string;
  readonly status: string;
  readonly epoch: string;
}

/** Everything a reader could see of a panel from now on: its state after each change of the DOM. */
export function watch(panel: HTMLElement): { readonly sights: readonly Sight[]; readonly records: readonly MutationRecord[] } {
  const sights: Sight[] = [];
  const records: MutationRecord[] = [];
  const body = panel.querySelector('[data-stream-body]');
  const observer = new MutationObserver((batch) => {
    records.push(...batch);
    sights.push({ text: body?.textContent ?? '', status: panel.dataset['status'] ?? '', epoch: panel.dataset['epoch'] ?? '' });
  });
  observer.observe(panel, { subtree: true, childList: true, characterData: true, attributes: true });
  onTestFinished(() => observer.disconnect());
  return { sights, records };
}

/** Waits until the browser has drawn `count` frames. */
export async function frame(count = 1): Promise<void> {
  for (let drawn = 0; drawn < count; drawn += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Waits until `count` frames are what the reader sees: what belongs to a frame's layout, such as measuring, is done as well. */
export async function painted(count = 1): Promise<void> {
  await frame(count);
  await new Promise((resolve) => setTimeout(resolve));
}

/** Makes the page hidden or visible, as far as scripts can tell. Put back with the test. */
export function setHidden(hidden: boolean): void {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: hidden ? 'hidden' : 'visible' });
  document.dispatchEvent(new Event('visibilitychange'));
  onTestFinished(() => {
    Reflect.deleteProperty(document, 'hidden');
    Reflect.deleteProperty(document, 'visibilityState');
  });
}
