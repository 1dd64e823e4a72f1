import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { onTestFinished } from 'vitest';

export interface OpenRoot {
  readonly container: HTMLElement;
  render(ui: ReactNode): void;
}

/** A React root at the end of the document, without `act`: what happens is what users get. Taken down with the test. */
export function openRoot(): OpenRoot {
  const container = document.createElement('main');
  document.body.append(container);
  const root = createRoot(container);
  onTestFinished(() => {
    root.unmount();
    container.remove();
  });
  return { container, render: (ui) => root.render(ui) };
}
