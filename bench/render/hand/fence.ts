import { type Colours, colourLine, type Highlighter } from './highlight.ts';

/** The code of one fence. */
export interface Fence {
  append(text: string): void;
  /** Applies the colours that have come. */
  colour(): void;
}

/** A box per line in a `pre`, as in plain text; with a highlighter, finished lines get colours when the worker has them. */
export function createFence(box: HTMLElement, highlighter: Highlighter | undefined, onColours: () => void): Fence {
  const pre = document.createElement('pre');
  const code = document.createElement('code');
  pre.append(code);
  box.replaceChildren(pre);
  const lines: HTMLElement[] = [];
  const arrived: Colours['lines'][number][] = [];
  let coloured = 0;
  let open: Text | undefined;
  const highlight = highlighter?.open((tokens) => {
    arrived.push(...tokens);
    onColours();
  });
  return {
    append(text) {
      const first = lines.length - (open === undefined ? 0 : 1);
      for (let start = 0; start < text.length; ) {
        const newline = text.indexOf('\n', start);
        const end = newline === -1 ? text.length : newline + 1;
        if (open === undefined) {
          const line = document.createElement('span');
          line.className = 'bench-line';
          open = document.createTextNode(text.slice(start, end));
          line.append(open);
          code.append(line);
          lines.push(line);
        } else open.appendData(text.slice(start, end));
        if (newline !== -1) open = undefined;
        start = end;
      }
      const finished = lines.slice(first, open === undefined ? undefined : -1);
      if (highlight !== undefined && finished.length > 0)
        highlight(finished.map((line) => line.textContent?.slice(0, -1) ?? '').join('\n'));
    },
    colour() {
      for (const tokens of arrived.splice(0)) {
        const line = lines[coloured];
        coloured += 1;
        if (line !== undefined) colourLine(line, tokens);
      }
    },
  };
}
