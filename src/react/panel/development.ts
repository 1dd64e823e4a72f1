import type { RefObject } from 'react';

// What bundlers put in its place. Elsewhere there is none, and whoever asks for it is thrown at.
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** In development, says what cannot be meant. Nothing of it is in a production build. */
export function develop(panel: RefObject<Element | null>, props: object): void {
  try {
    if (process.env.NODE_ENV === 'development') void import('./mistakes.ts').then((on) => on.tellMistakes(panel, { ...props }));
  } catch {}
}
