import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { shiki } from '../../src/plugins/shiki.ts';
import { CodeBlock } from '../../src/react/markdown/code/CodeBlock.tsx';
import { CodeContext } from '../../src/react/markdown/code/context.ts';
import type { CodeSource } from '../../src/react/markdown/code/source.ts';
import { createWhole } from './whole.ts';
import '../../src/styles/code.css';
import '../../src/styles/text.css';
import '../../src/styles/tokens.css';

export type Subject = 'sluice' | 'whole';

declare global {
  interface Window {
    /** Mounts a subject with an empty fence. Resolves when what it loads is loaded. */
    mount(subject: Subject): Promise<void>;
    /** Streams code, one chunk a frame, and resolves when all of it is on the page in colour. */
    stream(code: string, chunkLength: number): Promise<void>;
  }
}

let append: (text: string) => void = () => {};
let isDone: () => boolean = () => true;

window.mount = async (subject) => {
  const container = document.createElement('main');
  container.style.cssText = 'height:600px;overflow:auto';
  document.body.append(container);
  const warmUp = 'const a = 1;\n/* b */ export class C<T> { d = `e`; }\n';
  if (subject === 'whole') ({ append, isDone } = await createWhole(container));
  else {
    const block = createBlock();
    append = block.append;
    createRoot(container).render(
      createElement(CodeContext, { value: { highlight: shiki() } }, createElement(CodeBlock, { block: block.source })),
    );
    isDone = () => {
      const lines = container.querySelectorAll('.sluice-lines:last-child > .sluice-line');
      return lines.length > 0 && isColoured(lines);
    };
    await until(() => container.querySelector('code') !== null);
  }
  await window.stream(warmUp, warmUp.length);
};

window.stream = async (code, chunkLength) => {
  for (let at = 0; at < code.length; at += chunkLength) {
    append(code.slice(at, at + chunkLength));
    await new Promise(requestAnimationFrame);
  }
  await until(isDone);
};

/** The last coloured line is the last finished one that can have colours. */
function isColoured(lines: ArrayLike<Element>): boolean {
  const finished = Array.from(lines).filter((line) => /[a-z].*\n$/.test(line.textContent ?? ''));
  return finished.every((line) => line.firstElementChild !== null || !/\b(const|return|export|if|import)\b/.test(line.textContent ?? ''));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(requestAnimationFrame);
}

function createBlock(): { source: CodeSource; append(text: string): void } {
  const pieces: string[] = [];
  let length = 0;
  const listeners = new Set<(kept: number) => void>();
  return {
    source: {
      language: 'ts',
      meta: '',
      closed: false,
      get length() {
        return length;
      },
      from(offset) {
        const found: string[] = [];
        let start = length;
        for (let index = pieces.length - 1; index >= 0 && start > offset; index -= 1) {
          const piece = pieces[index] ?? '';
          start -= piece.length;
          found.push(piece.slice(Math.max(0, offset - start)));
        }
        return found.reverse().join('');
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    append(text) {
      const kept = length;
      pieces.push(text);
      length += text.length;
      for (const listener of listeners) listener(kept);
    },
  };
}
