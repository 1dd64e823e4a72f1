import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { columns, ready, receive, setup } from '../../subject.ts';

// What one writes first: a state per answer, set with every chunk; Markdown is parsed whole with every render.

const page = setup();
const listeners: ((text: string) => void)[] = [];
const plugins = [remarkGfm];

function Answer({ index }: { readonly index: number }): ReactNode {
  const [text, setText] = useState('');
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    listeners[index] = (added) => setText((before) => before + added);
  }, [index]);
  useLayoutEffect(() => {
    if (text !== '') scroller.current?.scrollTo(0, scroller.current.scrollHeight);
  }, [text]);
  return (
    <div className="bench-panel" data-panel={index}>
      <div className="bench-scroller" ref={scroller}>
        {page.view === 'plain' ? (
          <div className="bench-plain" data-panel-text="">
            {text}
          </div>
        ) : (
          <div data-panel-text="">
            <Markdown remarkPlugins={plugins}>{text}</Markdown>
          </div>
        )}
      </div>
    </div>
  );
}

function Page(): ReactNode {
  useEffect(() => {
    void receive(page, { text: (stream, text) => listeners[stream]?.(text) }).then(ready);
  }, []);
  return (
    <div className="bench-grid" style={{ '--columns': columns(page.streams) } as object}>
      {Array.from({ length: page.streams }, (_, index) => (
        <Answer key={index} index={index} />
      ))}
    </div>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
createRoot(root).render(<Page />);
