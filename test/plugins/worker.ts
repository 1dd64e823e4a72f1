import dark from '@shikijs/themes/github-dark';
import light from '@shikijs/themes/github-light';
import { languages } from '../../src/plugins/highlight/languages.ts';
import type { FromHighlighter } from '../../src/plugins/highlight/messages.ts';
import { createHighlighting } from '../../src/plugins/highlight/sessions.ts';
import { tokenLines } from '../../src/plugins/highlight/tokens.ts';
import type { TokenLine, TokenStyle } from '../../src/react/markdown/code/highlighter.ts';

/** The highlighter without its worker: turns run when the test says so, by a clock that the test may move. */
export async function openHighlighting(...names: string[]) {
  // What a line gets may not depend on how busy the machine is.
  return openHighlightingWithin(0, ...names);
}

/** Likewise; a line's one try may take `lineLimitMs`, by \`Date\`. */
export async function openHighlightingWithin(lineLimitMs: number, ...names: string[]) {
  const deferred: (() => void)[] = [];
  const styles: TokenStyle[] = [];
  const lines = new Map<number, TokenLine[]>();
  const messages: FromHighlighter[] = [];
  let now: () => number = () => 0;
  const highlighting = createHighlighting({
    post(message) {
      messages.push(message);
      if (message.type !== 'lines') return;
      styles.push(...message.styles);
      lines.set(message.session, [...(lines.get(message.session) ?? []), ...tokenLines(message.tokens, styles)]);
    },
    now: () => now(),
    defer: (work) => void deferred.push(work),
    lineLimitMs,
  });
  highlighting.receive({ type: 'themes', light, dark, contrast: 0 });
  for (const name of names) {
    const grammars = (await languages[name]?.())?.default ?? [];
    highlighting.receive({ type: 'language', language: name, main: name, grammars: structuredClone(grammars) });
  }
  return {
    messages,
    /** Sends text of a session; `start` with its first. */
    text: (session: number, language: string, text: string, start: boolean) =>
      highlighting.receive({ type: 'text', session, language, start, text }),
    close: (session: number) => highlighting.receive({ type: 'close', session }),
    /** Runs one slice. Says whether there was one. */
    slice(): boolean {
      const work = deferred.shift();
      work?.();
      return work !== undefined;
    },
    run() {
      while (this.slice());
    },
    lines: (session: number) => lines.get(session) ?? [],
    clock(next: () => number) {
      now = next;
    },
  };
}
