/// <reference types="vite/client" />
import type { ReactNode } from 'react';
import { expect } from 'vitest';
import { CodeBlock } from '../../../src/react/markdown/code/CodeBlock.tsx';
import { CodeContext, type CodeOptions } from '../../../src/react/markdown/code/context.ts';
import type { Highlighter, HighlightRequest, TokenStyle } from '../../../src/react/markdown/code/highlighter.ts';
import type { CodeSource } from '../../../src/react/markdown/code/source.ts';
import { type OpenRoot, openRoot } from '../../support/root.ts';
import '../../../src/styles/code.css';
import '../../../src/styles/controls.css';
import '../../../src/styles/diagram.css';
import '../../../src/styles/math.css';
import '../../../src/styles/panel.css';
import '../../../src/styles/text.css';
import '../../../src/styles/tokens.css';

export interface CodePage extends OpenRoot {
  readonly code: HTMLElement;
  readonly lines: HTMLElement[];
}

export function openPage(ui: ReactNode): CodePage {
  const { container, render } = openRoot();
  container.style.width = '600px';
  render(ui);
  return {
    container,
    render,
    get code() {
      return container.querySelector('code') as HTMLElement;
    },
    get lines() {
      return [...container.querySelectorAll<HTMLElement>('code .sluice-line')];
    },
  };
}

export async function openCode(block: CodeSource, options: CodeOptions = {}): Promise<CodePage> {
  const page = openPage(
    <CodeContext value={options}>
      <CodeBlock block={block} />
    </CodeContext>,
  );
  await expect.poll(() => page.code).not.toBeNull();
  return page;
}

const red: TokenStyle = { light: '#ff0000', dark: '#00ff00', italic: false, bold: false, underline: false };

/** Colours the first word of every line, when the test says so. */
export interface ManualHighlighter extends Highlighter {
  /** Answers up to `count` lines of every session that are not answered yet. */
  answer(count?: number): void;
  /** Sessions opened so far, and those that are open. */
  readonly opened: number;
  readonly running: number;
}

export function createHighlighter(): ManualHighlighter {
  const sessions = new Set<{ readonly request: HighlightRequest; available: number; read: number }>();
  let opened = 0;
  return {
    get opened() {
      return opened;
    },
    get running() {
      return sessions.size;
    },
    open(request) {
      if (request.language === 'unknown') return undefined;
      opened += 1;
      const session = { request, available: 0, read: 0 };
      sessions.add(session);
      return {
        update(length) {
          session.available = length;
        },
        close: () => void sessions.delete(session),
      };
    },
    answer(count = Number.POSITIVE_INFINITY) {
      for (const session of sessions) {
        if (session.read >= session.available) continue;
        const text = session.request.from(session.read).slice(0, session.available - session.read);
        const lines = text
          .split(/(?<=\n)/)
          .filter((line) => line !== '')
          .slice(0, count);
        session.read += lines.join('').length;
        if (lines.length > 0) session.request.onLines(lines.map((line) => [{ length: /^\w*/.exec(line)?.[0].length ?? 0, style: red }]));
      }
    },
  };
}

/** Waits until the browser has drawn `count` frames. */
export async function frame(count = 1): Promise<void> {
  for (let drawn = 0; drawn < count; drawn += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
}
