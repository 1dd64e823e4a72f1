import type { Highlighter, HighlightRequest, HighlightSession, TokenStyle } from '../react/markdown/code/highlighter.ts';
import { createHighlightHost } from './highlight/host.ts';
import { type LanguageLoader, languageAliases, languages as ownLanguages } from './highlight/languages.ts';
import type { FromHighlighter } from './highlight/messages.ts';
import { tokenLines } from './highlight/tokens.ts';
import { createLoading, type Loading } from './loading.ts';
import { checkOptions, objectOf, size } from './options.ts';

export type { Highlighter, HighlightRequest, HighlightSession, Token, TokenLine, TokenStyle } from '../react/markdown/code/highlighter.ts';
export type { LanguageLoader } from './highlight/languages.ts';

export interface ShikiOptions {
  /** A theme for each colour scheme; the code follows the scheme without being coloured again. */
  readonly themes?: {
    /** @default () => import('@shikijs/themes/github-light') */
    readonly light?: ThemeLoader;
    /** @default () => import('@shikijs/themes/github-dark') */
    readonly dark?: ThemeLoader;
  };
  /** Languages beyond those the package knows, or instead of them, by name: `{ wit: () => import('@shikijs/langs/wit') }`. */
  readonly languages?: { readonly [name: string]: LanguageLoader };
  /** Other names for languages: `{ jsx: 'tsx' }`. */
  readonly aliases?: { readonly [alias: string]: string };
  /** Colours are moved until they stand out from the package's own surfaces by this ratio; 0 leaves them as they are. @default 4.5 */
  readonly contrast?: number;
  /** Makes the worker; `false` colours on the page's own thread. @default the package's own worker */
  readonly worker?: (() => Worker) | false;
}

/** Loads a TextMate theme: a module of `@shikijs/themes`, or `async () => ({ default: theme })`. */
export type ThemeLoader = () => Promise<{ readonly default: unknown }>;

/** Of one message; the worker answers it in parts. UTF-16 code units. */
const textLength = 32_768;
/** How often a session may begin anew, because its place was lost, before it stays as it is. */
const maxRestarts = 3;

interface Session {
  readonly request: HighlightRequest;
  readonly language: string;
  /** Complete lines there are, what was sent of them, and lines that were answered: all from the code's beginning. */
  available: number;
  sent: number;
  answered: number;
  /** Lines that were handed on. Ahead of `answered` after a restart. */
  delivered: number;
  isWaiting: boolean;
  restarts: number;
}

/**
 * A highlighter for `highlight` of the Markdown options: Shiki's grammars and themes, in a worker of its own, line by line while
 * the code arrives. Nothing is loaded before the first block of code; grammars come one by one, as languages turn up
 * (`@shikijs/langs` and `@shikijs/themes` are to be installed beside this package). Make it once, outside of components.
 * What cannot be coloured (an unknown language, a very long line, a worker that dies again and again) stays plain, and so does
 * what themes or grammar cannot be loaded for until they can: they are tried again (PROTOCOL.md, UI28).
 *
 * @throws {StreamError} `bad_option`
 */
export function shiki(options: ShikiOptions = {}): Highlighter {
  checkOptions('shiki', options, {
    themes: objectOf('function'),
    languages: objectOf('function'),
    aliases: objectOf('string'),
    contrast: size,
    worker: ['a function that makes a Worker, or false', (value) => value === false || typeof value === 'function'],
  });
  const languages = { ...ownLanguages, ...options.languages };
  const aliases = { ...languageAliases, ...options.aliases };
  const sessions = new Map<number, Session>();
  const grammars = new Map<string, Loading<readonly unknown[]>>();
  /** Languages the worker could make nothing of. */
  const refused = new Set<string>();
  /** Languages the present worker has. */
  let posted = new Set<string>();
  let styles: TokenStyle[] = [];
  /** The present worker has the themes. */
  let isThemed = false;
  let isOpen = false;
  let lastId = 0;

  const host = createHighlightHost({
    worker: options.worker,
    onOpen() {
      isOpen = true;
      styles = [];
      posted = new Set();
      isThemed = false;
      for (const [id, session] of sessions) {
        restart(session);
        pump(id, session);
      }
    },
    onMessage: receive,
  });

  const themes = createLoading({
    request: () => loadThemes(options.themes),
    onFailed: (error) =>
      console.warn(
        'Sluice: the themes for code could not be loaded, so code stays plain until they can be. Is @shikijs/themes installed?',
        error,
      ),
  });
  const grammarsOf = (name: string): Loading<readonly unknown[]> => {
    const known = grammars.get(name);
    if (known !== undefined) return known;
    const loading = createLoading<readonly unknown[]>({
      request: async () => (await languages[name]?.())?.default ?? [],
      onFailed: (error) =>
        console.warn(
          `Sluice: the grammar of “${name}” could not be loaded, so its code stays plain until it can be. Is @shikijs/langs installed?`,
          error,
        ),
    });
    grammars.set(name, loading);
    return loading;
  };

  /** Sends a session's next text, if none is unanswered. */
  const pump = (id: number, session: Session): void => {
    const { language } = session;
    const own = grammars.get(language)?.loaded;
    if (!isOpen || themes.loaded === undefined || !own?.length || refused.has(language)) return;
    if (session.isWaiting || session.sent >= session.available || session.restarts > maxRestarts) return;
    if (!isThemed) host.post({ type: 'themes', ...themes.loaded, contrast: options.contrast ?? 4.5 });
    isThemed = true;
    if (!posted.has(language)) host.post({ type: 'language', language, main: mainOf(own, language), grammars: own });
    posted.add(language);
    const rest = session.request.from(session.sent).slice(0, session.available - session.sent);
    const text = rest.length <= textLength ? rest : rest.slice(0, lineEnd(rest));
    session.isWaiting = true;
    host.post({ type: 'text', session: id, language, start: session.sent === 0, text });
    session.sent += text.length;
  };

  const restart = (session: Session): void => {
    if (session.sent > 0) session.restarts += 1;
    session.sent = session.answered = 0;
    session.isWaiting = false;
  };

  function receive(message: Exclude<FromHighlighter, { type: 'ready' }>): void {
    if (message.type === 'lines') styles.push(...message.styles);
    const session = sessions.get(message.session);
    if (session === undefined) return;
    switch (message.type) {
      case 'lines': {
        const lines = tokenLines(message.tokens, styles);
        const added = lines.slice(Math.max(0, session.delivered - session.answered));
        session.answered += lines.length;
        session.delivered = Math.max(session.delivered, session.answered);
        if (message.last) session.isWaiting = false;
        if (added.length > 0) session.request.onLines(added);
        pump(message.session, session);
        return;
      }
      case 'gone':
        restart(session);
        pump(message.session, session);
        return;
      case 'refused':
        console.warn(`Sluice: code in “${session.language}” stays plain. ${message.message}`);
        refused.add(session.language);
    }
  }

  return {
    open(request): HighlightSession | undefined {
      const written = request.language.toLowerCase().replace(/[{:,].*$/, '');
      const language = aliases[written] ?? written;
      if (!Object.hasOwn(languages, language)) return undefined;
      lastId += 1;
      const id = lastId;
      const session = { request, language, available: 0, sent: 0, answered: 0, delivered: 0, isWaiting: false, restarts: 0 };
      sessions.set(id, session);
      host.start();
      const leaving = new AbortController();
      const onLoaded = (): void => pump(id, session);
      themes.need(onLoaded, leaving.signal);
      grammarsOf(language).need(onLoaded, leaving.signal);
      return {
        update(length) {
          session.available = length;
          pump(id, session);
        },
        close() {
          sessions.delete(id);
          leaving.abort();
          host.post({ type: 'close', session: id });
        },
      };
    },
  };
}

async function loadThemes({ light, dark }: NonNullable<ShikiOptions['themes']> = {}): Promise<{ light: unknown; dark: unknown }> {
  const modules = await Promise.all([
    light === undefined ? import('@shikijs/themes/github-light') : light(),
    dark === undefined ? import('@shikijs/themes/github-dark') : dark(),
  ]);
  return { light: modules[0].default, dark: modules[1].default };
}

/** A list's own grammar stands behind those it embeds. */
function mainOf(grammars: readonly unknown[], name: string): string {
  const names = grammars.map((grammar) => (grammar as { readonly name?: string }).name);
  return names.includes(name) ? name : (names.at(-1) ?? name);
}

/** The end of the last line that fits into a message; of the first, where none does. */
function lineEnd(text: string): number {
  return text.lastIndexOf('\n', textLength - 1) + 1 || text.indexOf('\n') + 1 || text.length;
}
