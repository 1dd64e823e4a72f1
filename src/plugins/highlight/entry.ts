import type { ToHighlighter } from './messages.ts';
import { createHighlighting } from './sessions.ts';

// A server may import this module, and has nobody to talk to.
if (typeof postMessage === 'function') {
  // Timers are slowed down when they nest; messages to oneself are not, and let those of the page through.
  const { port1, port2 } = new MessageChannel();
  let deferred: (() => void) | undefined;
  port1.onmessage = () => deferred?.();
  const highlighting = createHighlighting({
    post: (message, transfer) => postMessage(message, { transfer }),
    now: () => performance.now(),
    defer(work) {
      deferred = work;
      port2.postMessage(undefined);
    },
  });
  addEventListener('message', ({ data }: MessageEvent<ToHighlighter>) => highlighting.receive(data));
  postMessage({ type: 'ready' });
}
