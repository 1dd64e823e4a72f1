import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai';
import { receive, type Setup } from '../../subject.ts';

/** AI SDK's extension point: a transport per conversation, all of them filled from the one socket. */
export function createTransports(page: Setup): {
  readonly transports: readonly ChatTransport<UIMessage>[];
  readonly opened: Promise<void>;
} {
  const controllers: ReadableStreamDefaultController<UIMessageChunk>[] = [];
  const transports = Array.from({ length: page.streams }, () => {
    const answer = new ReadableStream<UIMessageChunk>({
      start(controller) {
        controllers.push(controller);
        controller.enqueue({ type: 'start' });
        controller.enqueue({ type: 'text-start', id: 'text' });
      },
    });
    return { sendMessages: async () => answer, reconnectToStream: async () => null };
  });
  const opened = receive(page, {
    text: (stream, delta) => controllers[stream]?.enqueue({ type: 'text-delta', id: 'text', delta }),
    end(stream) {
      const controller = controllers[stream];
      controller?.enqueue({ type: 'text-end', id: 'text' });
      controller?.enqueue({ type: 'finish' });
      controller?.close();
    },
  });
  return { transports, opened };
}
