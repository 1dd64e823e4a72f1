import type { RefObject } from 'react';

// What bundlers put in its place. Elsewhere there is none, and whoever asks for it is thrown at.
declare const process: { readonly env: { readonly NODE_ENV?: string } };

let isTold = false;

/** In development, says once that the style sheet is missing. Nothing of it is in a production build. */
export function tellUnstyled(panel: RefObject<Element | null>): void {
  try {
    if (process.env.NODE_ENV === 'development') setTimeout(tell, 1000, panel);
  } catch {}
}

function tell({ current }: RefObject<Element | null>): void {
  if (isTold || current === null || getComputedStyle(current).getPropertyValue('--sluice-radius') !== '') return;
  isTold = true;
  console.warn(
    "Panels have no styles: they do not scroll, and show what only screen readers should read. Add: import 'sluice-kit/styles.css'",
  );
}
