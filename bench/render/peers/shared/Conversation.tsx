import { useChat } from '@ai-sdk/react';
import type { ChatTransport, UIMessage } from 'ai';
import { type ComponentType, memo, type ReactNode, useEffect } from 'react';
import { Scroller } from './Scroller.tsx';

/** One text part of the answer. */
export type Text = ComponentType<{ readonly text: string; readonly streaming: boolean }>;

export interface ConversationProps {
  readonly transport: ChatTransport<UIMessage>;
  readonly throttleMs?: number;
  readonly Text: Text;
}

/** A conversation of AI SDK: one question, and the answer as it comes. */
export function Conversation({ transport, throttleMs, Text }: ConversationProps): ReactNode {
  const { messages, sendMessage, status } = useChat({ transport, ...(throttleMs === undefined ? {} : { throttle: throttleMs }) });
  useEffect(() => void sendMessage({ text: 'Go.' }), [sendMessage]);
  return (
    <Scroller>
      <div data-panel-text="">
        {messages.map((message) =>
          message.role === 'assistant' ? (
            <Message key={message.id} message={message} streaming={status === 'streaming'} Text={Text} />
          ) : null,
        )}
      </div>
    </Scroller>
  );
}

/** Not rendered again by a change of the conversation that is not one of the message. */
const Message = memo(function Message({ message, streaming, Text }: { message: UIMessage; streaming: boolean; Text: Text }): ReactNode {
  return message.parts.map((part, index) => (part.type === 'text' ? <Text key={index} text={part.text} streaming={streaming} /> : null));
});
