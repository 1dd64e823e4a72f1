import type { PageMessage } from './messages.ts';
import { createReceiver } from './receiver.ts';

// A server may import this module, and has nobody to talk to.
if (typeof postMessage === 'function') {
  const receiver = createReceiver((message) => postMessage(message));
  addEventListener('message', ({ data }: MessageEvent<PageMessage>) => receiver.receive(data));
}
