import { createParserHost } from './host.ts';
import type { ToParser } from './messages.ts';

// A server may import this module, and has nobody to talk to.
if (typeof postMessage === 'function') {
  const host = createParserHost((message) => postMessage(message));
  addEventListener('message', ({ data }: MessageEvent<ToParser>) => host.receive(data));
}
