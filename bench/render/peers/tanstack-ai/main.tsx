import { EventType, type StreamChunk } from '@tanstack/ai/client';
import { type ConnectConnectionAdapter, stream, useChat } from '@tanstack/ai-react';
import { TextPart } from '@tanstack/ai-react/ui';
import { memo, type ReactNode, useEffect } from 'react';
import { receive, setup } from '../../subject.ts';
import { mount } from '../shared/mount.tsx';
import { PlainText } from '../shared/PlainText.tsx';
import { Scroller } from '../shared/Scroller.tsx';

// A hook and a connection per thread. `TextPart` is the kit's own Markdown, memoised here by part, so that it parses only what has changed.

const page = setup();
const Text = memo(page.view === 'plain' ? PlainTextPart : TextPart);
const controllers: ReadableStreamDefaultController<StreamChunk>[] = [];
const connections = Array.from({ length: page.streams }, (_, index) => connect(index));
const opened = receive(page, {
  text: (index, delta) => controllers[index]?.enqueue({ type: EventType.TEXT_MESSAGE_CONTENT, messageId: messageId(index), delta }),
  end(index) {
    const controller = controllers[index];
    controller?.enqueue({ type: EventType.TEXT_MESSAGE_END, messageId: messageId(index) });
    controller?.enqueue({ type: EventType.RUN_FINISHED, threadId: threadId(index), runId: runId(index) });
    controller?.close();
  },
});

/** The kit's extension point: a connection is a function to an iterable of AG-UI events. */
function connect(index: number): ConnectConnectionAdapter {
  const events = new ReadableStream<StreamChunk>({
    start(controller) {
      controllers.push(controller);
      controller.enqueue({ type: EventType.RUN_STARTED, threadId: threadId(index), runId: runId(index) });
      controller.enqueue({ type: EventType.TEXT_MESSAGE_START, messageId: messageId(index), role: 'assistant' });
    },
  });
  return stream(() => events);
}

function threadId(index: number): string {
  return `thread-${index}`;
}

function runId(index: number): string {
  return `run-${index}`;
}

function messageId(index: number): string {
  return `answer-${index}`;
}

function PlainTextPart({ content }: { readonly content: string }): ReactNode {
  return <PlainText text={content} />;
}

function Thread({ index, connection }: { readonly index: number; readonly connection: ConnectConnectionAdapter }): ReactNode {
  const { messages, sendMessage } = useChat({ connection, threadId: threadId(index) });
  useEffect(() => void sendMessage('Go.'), [sendMessage]);
  return (
    <Scroller>
      <div data-panel-text="">
        {messages.map(
          (message) =>
            message.role === 'assistant' &&
            message.parts.map((part, at) => (part.type === 'text' ? <Text key={`${message.id}-${at}`} content={part.content} /> : null)),
        )}
      </div>
    </Scroller>
  );
}

mount(
  page,
  ({ index }) => {
    const connection = connections[index];
    return connection && <Thread index={index} connection={connection} />;
  },
  [opened],
);
