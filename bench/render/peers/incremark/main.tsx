import { AutoScrollContainer, IncremarkContent } from '@incremark/react';
import { type ReactNode, useEffect, useState } from 'react';
import { receive, setup } from '../../subject.ts';
import { mount } from '../shared/mount.tsx';
import '@incremark/theme/styles.css';

// Its recommended component with the whole text in a state: it appends what is new once per render, which is cheaper than once per chunk.

const page = setup();
const listeners: Listener[] = [];
// What the text has none of is off: math, containers, HTML.
const options = { gfm: true, math: false, containers: false, htmlTree: false };

/** Where no highlighting is asked for, code is what it is without: its default highlights always. */
const components = page.highlight ? {} : { code: PlainCode };

interface Listener {
  text(added: string): void;
  end(): void;
}

function PlainCode({ node }: { readonly node: { readonly value: string } }): ReactNode {
  return (
    <pre>
      <code>{node.value}</code>
    </pre>
  );
}

function Answer({ index }: { readonly index: number }): ReactNode {
  const [content, setContent] = useState('');
  const [isFinished, setFinished] = useState(false);
  useEffect(() => {
    listeners[index] = { text: (added) => setContent((before) => before + added), end: () => setFinished(true) };
  }, [index]);
  return (
    <AutoScrollContainer className="bench-scroller">
      <div data-panel-text="">
        <IncremarkContent content={content} isFinished={isFinished} incremarkOptions={options} components={components} />
      </div>
    </AutoScrollContainer>
  );
}

const opened = receive(page, { text: (stream, added) => listeners[stream]?.text(added), end: (stream) => listeners[stream]?.end() });
mount(page, Answer, [opened]);
