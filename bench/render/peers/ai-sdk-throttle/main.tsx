import { setup } from '../../subject.ts';
import { Conversation } from '../shared/Conversation.tsx';
import { createTransports } from '../shared/chat.ts';
import { mount } from '../shared/mount.tsx';
import { PlainText } from '../shared/PlainText.tsx';

// `useChat` with the throttle and the value that its documentation gives.

const page = setup();
const { transports, opened } = createTransports(page);

mount(
  page,
  ({ index }) => {
    const transport = transports[index];
    return transport && <Conversation transport={transport} throttleMs={50} Text={PlainText} />;
  },
  [opened],
);
