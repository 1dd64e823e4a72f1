import {
  AssistantRuntimeProvider,
  type ChatModelAdapter,
  MessagePartPrimitive,
  MessagePrimitive,
  ThreadPrimitive,
  useAuiState,
  useLocalRuntime,
} from '@assistant-ui/react';
import { MarkdownTextPrimitive, unstable_memoizeMarkdownComponents } from '@assistant-ui/react-markdown';
import { createElement, type ElementType, type ReactNode, useEffect } from 'react';
import remarkGfm from 'remark-gfm';
import { readableStreams, setup } from '../../subject.ts';
import { mount } from './mount.tsx';

/**
 * assistant-ui: a local runtime per thread, fed by an adapter of ours, in the primitives its own thread component is made of. Its
 * viewport keeps to the bottom. Its thread anchors a new turn at the top, which would not.
 */
export function mountAssistant({ smooth }: { readonly smooth: boolean }): void {
  const page = setup();
  const { streams, opened } = readableStreams(page);
  const adapters = streams.map(createAdapter);

  const renderPart = ({ part }: { readonly part: { readonly type: string } }): ReactNode => {
    if (part.type !== 'text') return null;
    if (page.view === 'plain') return <MessagePartPrimitive.Text smooth={smooth} component="div" className="bench-plain" />;
    // `defer`, memoised elements and GFM are what its own `MarkdownText` has; its pulsing dot behind the text would only cost it.
    return <MarkdownTextPrimitive remarkPlugins={plugins} components={components} smooth={smooth} defer className="aui-md" />;
  };
  const renderMessage = (): ReactNode => <Answer renderPart={renderPart} />;

  mount(
    page,
    ({ index }) => {
      const adapter = adapters[index];
      return adapter && <Thread adapter={adapter} renderMessage={renderMessage} />;
    },
    [opened],
  );
}

function createAdapter(stream: ReadableStream<string>): ChatModelAdapter {
  return {
    async *run() {
      let text = '';
      for await (const added of stream) {
        text += added;
        yield { content: [{ type: 'text', text }] };
      }
    },
  };
}

function Thread({ adapter, renderMessage }: { readonly adapter: ChatModelAdapter; readonly renderMessage: () => ReactNode }): ReactNode {
  const runtime = useLocalRuntime(adapter);
  useEffect(() => runtime.thread.append('Go.'), [runtime]);
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <ThreadPrimitive.Root style={{ height: '100%' }}>
        <ThreadPrimitive.Viewport className="bench-scroller">
          <ThreadPrimitive.Messages>{renderMessage}</ThreadPrimitive.Messages>
        </ThreadPrimitive.Viewport>
      </ThreadPrimitive.Root>
    </AssistantRuntimeProvider>
  );
}

type RenderPart = (value: { readonly part: { readonly type: string } }) => ReactNode;

function Answer({ renderPart }: { readonly renderPart: RenderPart }): ReactNode {
  if (useAuiState(({ message }) => message.role) !== 'assistant') return null;
  return (
    <MessagePrimitive.Root data-panel-text="">
      <MessagePrimitive.Parts>{renderPart}</MessagePrimitive.Parts>
    </MessagePrimitive.Root>
  );
}

const plugins = [remarkGfm];
// Its `MarkdownText` memoises `pre` and `code`, too: code that comes in two renders then stays as it was in the first one, for good.
const tags = 'h1 h2 h3 h4 h5 h6 p a blockquote ul ol li hr table th td tr strong em del sup'.split(' ');
const components = unstable_memoizeMarkdownComponents(Object.fromEntries(tags.map((tag) => [tag, element(tag)])));

function element(tag: string): ElementType {
  return (props: object) => createElement(tag, props);
}
