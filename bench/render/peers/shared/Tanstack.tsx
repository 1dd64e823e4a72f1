import { type ChunkStrategy, EventType, type StreamChunk } from '@tanstack/ai/client';
import { type ConnectConnectionAdapter, stream, useChat } from '@tanstack/ai-react';
import { TextPart } from '@tanstack/ai-react/ui';
import { type ComponentType, memo, type ReactNode, useEffect } from 'react';
import { receive, type Setup, setup } from '../../subject.ts';
import { mount } from './mount.tsx';
import { PlainText } from './PlainText.tsx';
import { Scroller } from './Scroller.tsx';

/**
 * TanStack AI: a hook and a connection per thread. `TextPart` is the kit's own Markdown, memoised here by part, so that it parses only what
 * has changed.
 */
export function mountTanstack(createStrategy?: () => ChunkStrategy): void {
  const page = setup();
  const Text = memo<TextProps>(page.view === 'plain' ? PlainTextPart : TextPart);
  const { connections, opened } = connect(page);
  const strategies = connections.map(() => createStrategy?.());
  mount(
    page,
    ({ index }) => {
      const connection = connections[index];
      return connection && <Thread index={index} connection={connection} strategy={strategies[index]} Text={Text} />;
    },
    [opened],
  );
}

/** The kit's extension point: a connection is a function to an iterable of AG-UI events. */
function connect(page: Setup): { readonly connections: readonly ConnectConnectionAdapter[]; readonly opened: Promise<void> } {
  const controllers: ReadableStreamDefaultController<StreamChunk>[] = [];
  const connections = Array.from({ length: page.streams }, (_, index) => {
    const events = new ReadableStream<StreamChunk>({
      start(controller) {
        controllers.push(controller);
        controller.enqueue({ type: EventType.RUN_STARTED, threadId: threadId(index), runId: runId(index) });
        controller.enqueue({ type: EventType.TEXT_MESSAGE_START, messageId: messageId(index), role: 'assistant' });
      },
    });
    return stream(() => events);
  });
  const opened = receive(page, {
    text: (index, delta) => controllers[index]?.enqueue({ type: EventType.TEXT_MESSAGE_CONTENT, messageId: messageId(index), delta }),
    end(index) {
      const controller = controllers[index];
      controller?.enqueue({ type: EventType.TEXT_MESSAGE_END, messageId: messageId(index) });
      controller?.enqueue({ type: EventType.RUN_FINISHED, threadId: threadId(index), runId: runId(index) });
      controller?.close();
    },
  });
  return { connections, opened };
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

interface TextProps {
  readonly content: string;
}

interface ThreadProps {
  readonly index: number;
  readonly connection: ConnectConnectionAdapter;
  readonly strategy: ChunkStrategy | undefined;
  readonly Text: ComponentType<TextProps>;
}

function PlainTextPart({ content }: TextProps): ReactNode {
  return <PlainText text={content} />;
}

function Thread({ index, connection, strategy, Text }: ThreadProps): ReactNode {
  const { messages, sendMessage } = useChat({
    connection,
    threadId: threadId(index),
    ...(strategy && { streamProcessor: { chunkStrategy: strategy } }),
  });
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
