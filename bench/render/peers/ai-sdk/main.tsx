import { setup } from '../../subject.ts';
import { Conversation } from '../shared/Conversation.tsx';
import { createTransports } from '../shared/chat.ts';
import { mount } from '../shared/mount.tsx';
import { PlainText } from '../shared/PlainText.tsx';

// `useChat` as it comes: a render for each chunk, or for as many as React puts together.

const page = setup();
const { transports, opened } = createTransports(page);

mount(
  page,
  ({ index }) => {
    const transport = transports[index];
    return transport && <Conversation transport={transport} Text={PlainText} />;
  },
  [opened],
);
