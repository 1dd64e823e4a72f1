import type { ComponentProps } from 'react';
import { type SluiceClient, SluiceProvider, StreamPanel } from '../../src/index.ts';
import { openRoot } from '../support/root.ts';

/** Panels side by side, all in view: what is off-screen is not written before it comes near, or ends. Returns their elements. */
export function showPanels(client: SluiceClient, panels: readonly ComponentProps<typeof StreamPanel>[], columns = 4): () => HTMLElement[] {
  const { container, render } = openRoot();
  container.style.cssText = `position: fixed; inset: 0; display: grid; grid-template-columns: repeat(${columns}, 1fr); overflow: hidden`;
  render(
    <SluiceProvider client={client}>
      {panels.map((props, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing is reordered
        <StreamPanel key={index} {...props} />
      ))}
    </SluiceProvider>,
  );
  return () => [...container.querySelectorAll<HTMLElement>('[data-stream-panel]')];
}

export function bodyOf(panel: HTMLElement): string {
  return panel.querySelector('[data-stream-body]')?.textContent ?? '';
}
