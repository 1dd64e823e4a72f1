import type { PageMessage } from './messages.ts';
import { createReceiver } from './receiver.ts';

const receiver = createReceiver((message) => postMessage(message));
addEventListener('message', ({ data }: MessageEvent<PageMessage>) => receiver.receive(data));
