import { createRoot } from 'react-dom/client';
import { SluiceProvider, StreamPanel } from '../../../src/index.ts';
import { katex } from '../../../src/plugins/katex.tsx';
import { mermaid } from '../../../src/plugins/mermaid.tsx';
import { shiki } from '../../../src/plugins/shiki.ts';

const answer = [
  'A line with $a^2$, with $b = 3 × 10^{−2}$ and with $é_{中}$.',
  '$$\n\\sum_{i=1}^n i\n$$',
  '```mermaid\ngraph TD; A-->B\n```',
  '```mermaid\ngraph TD; C-->D\n```',
  '```json\n{ "a": 1 }\n```',
  '```json\n{ "b": 2 }\n```',
  'The end.',
].join('\n\n');

const markdown = {
  math: katex(),
  fences: { mermaid: mermaid() },
  highlight: shiki({ worker: false }),
};

async function* source(): AsyncGenerator<string> {
  yield answer;
}

const [main] = document.getElementsByTagName('main');
if (main !== undefined)
  createRoot(main).render(
    <SluiceProvider worker={false} markdownWorker={false}>
      <StreamPanel source={source()} view="markdown" markdown={markdown} />
    </SluiceProvider>,
  );
