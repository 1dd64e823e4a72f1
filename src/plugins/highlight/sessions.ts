import type { FromHighlighter, ToHighlighter } from './messages.ts';
import { createThemePair, type GrammarState, type LineTokenizer, type ThemePair } from './tokenizer.ts';

/** Blocks of code whose place in their grammar is kept. */
const maxSessions = 256;
/** After so long, what there is goes to the page, and other sessions have their turn. */
const sliceMs = 8;
/** Lines of one session before the next has its turn. */
const turnLines = 16;

export interface Highlighting {
  receive(message: ToHighlighter): void;
}

export interface HighlightingHost {
  post(message: FromHighlighter, transfer: Transferable[]): void;
  now(): number;
  /** Runs `work` later, after messages that have come meanwhile. */
  defer(work: () => void): void;
  /** Of a line's one try, 0 for none. @default 250 */
  readonly lineLimitMs?: number;
}

interface Session {
  readonly language: string;
  state: GrammarState | undefined;
  /** Of the text that is not answered yet. */
  lines: readonly string[];
  next: number;
}

type Text = Extract<ToHighlighter, { type: 'text' }>;

/** Colours the code of many sessions, in turns and in slices, so that a message never waits for long. */
export function createHighlighting({ post, now, defer, lineLimitMs }: HighlightingHost): Highlighting {
  let themes: ThemePair | undefined;
  const languages = new Map<string, LineTokenizer | Error>();
  // Insertion order is order of use: the first is the least recently used.
  const sessions = new Map<number, Session>();
  const waiting: number[] = [];
  let told = 0;
  let isRunning = false;

  const begin = ({ session: id, language, start, text }: Text): void => {
    const tokenizer = languages.get(language);
    const session = start ? { language, state: undefined, lines: [], next: 0 } : sessions.get(id);
    if (session === undefined) {
      post({ type: 'gone', session: id }, []);
      return;
    }
    if (tokenizer === undefined || tokenizer instanceof Error) {
      post({ type: 'refused', session: id, message: tokenizer?.message ?? `The language “${language}” was not loaded.` }, []);
      return;
    }
    sessions.delete(id);
    sessions.set(id, session);
    session.lines = linesOf(text);
    session.next = 0;
    waiting.push(id);
    for (const [oldest] of sessions) {
      if (sessions.size <= maxSessions) break;
      if (waiting.includes(oldest)) break;
      sessions.delete(oldest);
    }
    if (isRunning) return;
    isRunning = true;
    defer(run);
  };

  const run = (): void => {
    const end = now() + sliceMs;
    const results = new Map<number, number[]>();
    let count = waiting.length;
    while (waiting.length > 0 && now() < end) {
      const id = waiting.shift() as number;
      const session = sessions.get(id);
      if (session === undefined) continue;
      const out = results.get(id) ?? [];
      results.set(id, out);
      turn(session, out, end);
      if (session.next < session.lines.length) waiting.push(id);
      count -= 1;
      // Whoever is done goes out before others have a second turn: a short block is not held up by a long one.
      if (count <= 0) count = waiting.length;
    }
    for (const [id, out] of results) answer(id, out);
    isRunning = waiting.length > 0;
    if (isRunning) defer(run);
  };

  const turn = (session: Session, out: number[], end: number): void => {
    const tokenizer = languages.get(session.language);
    if (tokenizer === undefined || tokenizer instanceof Error) return;
    const stop = Math.min(session.lines.length, session.next + turnLines);
    while (session.next < stop) {
      const at = out.push(0) - 1;
      try {
        session.state = tokenizer.line(session.lines[session.next] ?? '', session.state, out);
      } catch {
        // A grammar's own mistake: this line stays plain.
        out.length = at + 1;
      }
      out[at] = (out.length - at - 1) / 2;
      session.next += 1;
      if (now() >= end) return;
    }
  };

  const answer = (id: number, out: readonly number[]): void => {
    const session = sessions.get(id);
    if (session === undefined || themes === undefined) return;
    const tokens = Uint16Array.from(out);
    const styles = themes.table.styles.slice(told);
    told += styles.length;
    const last = session.next >= session.lines.length;
    if (last) session.lines = [];
    post({ type: 'lines', session: id, tokens, styles, last }, [tokens.buffer]);
  };

  return {
    receive(message) {
      switch (message.type) {
        case 'themes':
          themes = createThemePair(message.light, message.dark, message.contrast, lineLimitMs);
          return;
        case 'language':
          languages.set(message.language, load(themes, message.main, message.grammars));
          return;
        case 'text':
          begin(message);
          return;
        case 'close':
          sessions.delete(message.session);
      }
    },
  };
}

function load(themes: ThemePair | undefined, name: string, grammars: readonly unknown[]): LineTokenizer | Error {
  if (themes === undefined) return new Error('A language came before the themes.');
  try {
    return themes.tokenizer(name, grammars);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Without their ends. Text that ends with a newline has no line behind it. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
