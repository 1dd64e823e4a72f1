import MarkdownRender from 'markstream-react';
import { type ReactNode, useEffect, useState } from 'react';
import { receive, setup } from '../../subject.ts';
import { mount } from '../shared/mount.tsx';
import { Scroller } from '../shared/Scroller.tsx';
import 'markstream-react/index.css';

// The whole text in a state, as its documentation has it for chats, without the fade, and with code as plain `pre`: both cost less. Its
// highlighting wants `stream-diffs`, which is not to be had.

const page = setup();
const listeners: Listener[] = [];

interface Listener {
  text(added: string): void;
  end(): void;
}

function Answer({ index }: { readonly index: number }): ReactNode {
  const [content, setContent] = useState('');
  const [final, setFinal] = useState(false);
  useEffect(() => {
    listeners[index] = { text: (added) => setContent((before) => before + added), end: () => setFinal(true) };
  }, [index]);
  return (
    <Scroller>
      <div data-panel-text="">
        <MarkdownRender content={content} final={final} fade={false} renderCodeBlocksAsPre />
      </div>
    </Scroller>
  );
}

const opened = receive(page, { text: (stream, added) => listeners[stream]?.text(added), end: (stream) => listeners[stream]?.end() });
mount(page, Answer, [opened]);
