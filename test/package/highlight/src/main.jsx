import { createElement, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { SluiceProvider, StreamPanel } from 'sluice-kit';
import { shiki } from 'sluice-kit/shiki';
import 'sluice-kit/styles.css';

const markdown = { highlight: shiki() };

async function* answer() {
  for (const piece of ['In TypeScript:\n\n```ts\nfunction add(a: num', 'ber, b: number): number {\n  return a', ' + b;\n}\n```\n'])
    yield piece;
}

function Panel() {
  const [source] = useState(answer);
  return createElement(StreamPanel, { source, view: 'markdown', markdown });
}

createRoot(document.getElementById('root')).render(createElement(SluiceProvider, null, createElement(Panel)));
