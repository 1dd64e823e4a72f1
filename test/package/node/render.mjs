import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { ConnectionStatus, SluiceProvider, StreamGrid, StreamPanel } from 'sluice-kit';

const panel = createElement(StreamPanel, { source: { id: 'some-stream' } });
const page = createElement(
  SluiceProvider,
  { url: 'http://127.0.0.1:9/' },
  createElement(ConnectionStatus),
  createElement(StreamGrid, null, panel),
);
console.log(renderToString(page));
