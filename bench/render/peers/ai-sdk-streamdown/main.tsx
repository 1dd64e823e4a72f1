import { code } from '@streamdown/code';
import { memo, type ReactNode } from 'react';
import { Streamdown, type StreamdownProps } from 'streamdown';
import 'streamdown/styles.css';
import { setup } from '../../subject.ts';
import { Conversation } from '../shared/Conversation.tsx';
import { createTransports } from '../shared/chat.ts';
import { mount } from '../shared/mount.tsx';
import './theme.css';

// `useChat`, throttled, with Streamdown for its text, as both recommend. Not `animated`: a span and an animation for each word cost it.
// Without its limits to the height of code and tables, which would keep the newest lines out of view.

const page = setup();
const { transports, opened } = createTransports(page);
const plugins: NonNullable<StreamdownProps['plugins']> = page.highlight ? { code } : {};

const Answer = memo(function Answer({ text, streaming }: { readonly text: string; readonly streaming: boolean }): ReactNode {
  return (
    <Streamdown plugins={plugins} isAnimating={streaming} codeBlockMaxHeight={0} tableMaxHeight={0}>
      {text}
    </Streamdown>
  );
});

/** Shiki and the benchmark's language are loaded before the text comes. */
function loadHighlighter(): Promise<void> {
  return new Promise((resolve) => {
    const themes = code.getThemes();
    if (code.highlight({ code: 'const a = 1;', language: 'ts', themes }, () => resolve()) !== null) resolve();
  });
}

mount(
  page,
  ({ index }) => {
    const transport = transports[index];
    return transport && <Conversation transport={transport} throttleMs={50} Text={Answer} />;
  },
  [opened, page.highlight ? loadHighlighter() : Promise.resolve()],
);
