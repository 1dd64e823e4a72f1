/** Finished lines of a fence, without the last newline. */
export interface Lines {
  readonly fence: number;
  readonly text: string;
}

/** Length and colour of each token of the next lines of a fence; no colour: as it is. */
export interface Colours {
  readonly fence: number;
  readonly lines: readonly (readonly (readonly [length: number, color: string])[])[];
}

export interface Highlighter {
  readonly ready: Promise<void>;
  /** Returns where finished lines go; `onLines` gets their colours, in order. */
  open(onLines: (lines: Colours['lines']) => void): (text: string) => void;
}

/** A worker that colours the lines of all fences. */
export function createHighlighter(): Highlighter {
  const worker = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' });
  const fences: ((lines: Colours['lines']) => void)[] = [];
  const ready = new Promise<void>((resolve) => {
    worker.onmessage = ({ data: { fence, lines } }: MessageEvent<Colours>) => {
      if (fence === -1) resolve();
      else fences[fence]?.(lines);
    };
  });
  return {
    ready,
    open(onLines) {
      const fence = fences.push(onLines) - 1;
      return (text) => worker.postMessage({ fence, text } satisfies Lines);
    },
  };
}

const classes = new Map<string, string>();
const sheet = new CSSStyleSheet();

/** A class for each colour. */
function classOf(color: string): string {
  let name = classes.get(color);
  if (name === undefined) {
    if (classes.size === 0) document.adoptedStyleSheets.push(sheet);
    name = `token-${classes.size}`;
    classes.set(color, name);
    sheet.insertRule(`.${name} { color: ${color} }`);
  }
  return name;
}

/** Puts the coloured tokens of a line into spans. */
export function colourLine(line: HTMLElement, tokens: Colours['lines'][number]): void {
  const text = line.textContent ?? '';
  const parts: (Node | string)[] = [];
  let at = 0;
  let plain = 0;
  for (const [length, color] of tokens) {
    if (color !== '') {
      if (plain < at) parts.push(text.slice(plain, at));
      const span = document.createElement('span');
      span.className = classOf(color);
      span.textContent = text.slice(at, at + length);
      parts.push(span);
      plain = at + length;
    }
    at += length;
  }
  if (parts.length === 0) return;
  if (plain < text.length) parts.push(text.slice(plain));
  line.replaceChildren(...parts);
}
