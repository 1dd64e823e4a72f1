import type { SignalMessage } from '../worker/messages.ts';

type Signal = SignalMessage['signal'];

/**
 * Tells what a worker cannot notice: network, visibility, the page frozen and resumed, also by the back/forward cache.
 * Says at once where the page is offline or hidden. Does nothing where there is no page. Returns the end of it.
 */
export function watchSignals(tell: (signal: Signal) => void): () => void {
  if (typeof document === 'undefined') return () => {};
  const watching = new AbortController();
  const on = (target: EventTarget, type: string, signal: (event: Event) => Signal | undefined): void => {
    const listener = (event: Event): void => {
      const found = signal(event);
      if (found !== undefined) tell(found);
    };
    target.addEventListener(type, listener, { signal: watching.signal });
  };
  on(window, 'online', () => 'online');
  on(window, 'offline', () => 'offline');
  on(window, 'pagehide', (event) => ((event as PageTransitionEvent).persisted ? 'frozen' : undefined));
  on(window, 'pageshow', (event) => ((event as PageTransitionEvent).persisted ? 'resumed' : undefined));
  on(document, 'visibilitychange', () => document.visibilityState);
  on(document, 'freeze', () => 'frozen');
  on(document, 'resume', () => 'resumed');
  if (navigator.onLine === false) tell('offline');
  if (document.visibilityState === 'hidden') tell('hidden');
  return () => watching.abort();
}
