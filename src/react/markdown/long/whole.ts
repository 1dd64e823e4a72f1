import { visibility } from '../../visibility.ts';

/** Why everything is in the document: it is searched, or about to be printed. */
export type Whole = 'search' | 'print' | undefined;

/**
 * Tells when the browser needs all of a list in the document: before printing, at once; and when the reader is about to search
 * in the page with the focus in the list's panel, or nowhere, until the focus goes elsewhere.
 */
export function watchWhole(list: HTMLElement, tell: (whole: Whole) => void): () => void {
  const events = new AbortController();
  const { signal } = events;
  const { ownerDocument } = list;
  const panel = list.closest('[data-stream-panel]') ?? list;
  let isSearched = false;
  const set = (next: boolean): void => {
    if (isSearched === next) return;
    isSearched = next;
    tell(next ? 'search' : undefined);
  };
  const isMeant = (): boolean => {
    const { activeElement } = ownerDocument;
    if (activeElement !== null && activeElement !== ownerDocument.body) return panel.contains(activeElement);
    return visibility().rank(panel) !== 'offscreen';
  };
  addEventListener('beforeprint', () => tell('print'), { signal });
  addEventListener('afterprint', () => tell(isSearched ? 'search' : undefined), { signal });
  // Other ways to the browser's search (its menu) cannot be seen.
  addEventListener(
    'keydown',
    ({ key, ctrlKey, metaKey, altKey }) => {
      const isFind = key === 'F3' || ((ctrlKey || metaKey) && !altKey && (key.toLowerCase() === 'f' || key.toLowerCase() === 'g'));
      if (isFind && isMeant()) set(true);
    },
    { signal, capture: true },
  );
  const left = ({ target }: Event): void => {
    if (target instanceof Node && target !== ownerDocument.body && !panel.contains(target)) set(false);
  };
  ownerDocument.addEventListener('focusin', left, { signal });
  ownerDocument.addEventListener('pointerdown', left, { signal });
  return () => events.abort();
}
