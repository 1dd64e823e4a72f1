import type { Mermaid, MermaidConfig } from 'mermaid';
import { type ComponentType, type ReactNode, startTransition, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import type { FenceProps } from '../react/markdown/code/source.ts';
import { guards, mayLoad, withoutLinks } from './diagram.ts';
import { createLoading } from './loading.ts';
import { checkOptions, isObject, objectOf, size } from './options.ts';
import { createTurns } from './turns.ts';

export type { CodeSource, FenceProps } from '../react/markdown/code/source.ts';

export interface MermaidOptions {
  /**
   * Mermaid's own configuration (its `MermaidConfig`, whose types need packages that Mermaid does not bring), but for its security,
   * where it draws and `theme`: those are fixed.
   */
  readonly config?: object;
  /** Mermaid themes by colour scheme. @default { light: 'default', dark: 'dark' } */
  readonly themes?: { readonly light?: string; readonly dark?: string };
  /** A longer text stays code. UTF-16 code units. @default 20000 */
  readonly maxLength?: number;
}

type Scheme = 'light' | 'dark';
type Drawing = { readonly svg: string; readonly name: string; readonly isDark: boolean } | { readonly error: string };

const tooMany: Drawing = { error: 'Too many diagrams are waiting to be drawn.' };

/** Diagrams that wait for their turn, on the whole page; what comes beyond them stays code. */
const maxWaiting = 50;
// Some have no wait of their own in them: all that wait would be one task.
const turns = createTurns(maxWaiting, () => new Promise((resolve) => requestAnimationFrame(() => resolve())));

/**
 * A component for `fences: { mermaid: mermaid() }` of the Markdown options: the fence is code while it is open, and a diagram when
 * it closes, drawn one at a time by Mermaid, which is loaded with the first (`mermaid` is to be installed beside this package).
 * Security level `strict`, and more: no scripts, no links, and nothing is loaded, not even an image. What cannot be drawn stays code, with the reason.
 * Where Mermaid, or the part of it that draws such a diagram, cannot be loaded, the fence stays code, and it is tried again
 * (PROTOCOL.md, UI28). Make it once, outside of components.
 *
 * @throws {StreamError} `bad_option`, also where it is given to `fences` without being called
 */
export function mermaid(options: MermaidOptions = {}): ComponentType<FenceProps> {
  checkOptions('mermaid', options, {
    config: ['an object', isObject],
    themes: objectOf('string'),
    maxLength: size,
  });
  const { themes = {}, maxLength = 20_000 } = options;
  const config: MermaidConfig | undefined = options.config;
  let isTold = false;
  const onFailed = (error: unknown): void => {
    if (!isTold) console.warn('Sluice: Mermaid could not be loaded, so diagrams stay code until it can be. Is mermaid installed?', error);
    isTold = true;
  };
  const library = createLoading<Mermaid>({ request: async () => (await import('mermaid')).default, onFailed });

  const draw = async (mermaid: Mermaid, id: string, text: string, scheme: Scheme): Promise<Drawing> => {
    try {
      // What a diagram configured that could not be drawn would stay, and fail all others.
      mermaid.mermaidAPI.reset();
      const theme = scheme === 'dark' ? (themes.dark ?? 'dark') : (themes.light ?? 'default');
      mermaid.initialize({ ...config, ...guards, theme: theme as NonNullable<MermaidConfig['theme']> });
      const { diagramType, config: own } = await mermaid.parse(text);
      if (mayLoad(text, own)) return { error: 'It refers to images or other files, which diagrams may not load.' };
      const { svg } = await mermaid.render(id, text);
      const name = own?.theme ?? theme ?? '';
      // Of that one the author says it.
      const isDark = name === 'base' ? (own?.themeVariables?.darkMode ?? config?.themeVariables?.darkMode) === true : /dark/.test(name);
      return drawingOf(svg, diagramType, isDark);
    } catch (error) {
      if (isOfLoading(error)) throw error;
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };

  return function Diagram({ block, children }: FenceProps): ReactNode {
    const isClosed = useSyncExternalStore(
      (changed) => block.subscribe(changed),
      () => block.closed,
      () => block.closed,
    );
    const root = useRef<HTMLDivElement>(null);
    const id = `sluice-diagram-${useId().replace(/\W/g, '')}`;
    const scheme = useScheme(root);
    const [drawing, setDrawing] = useState<Drawing>();
    const [asCode, setAsCode] = useState(false);

    useEffect(() => {
      if (!isClosed || scheme === undefined) return undefined;
      const leaving = new AbortController();
      const show = (next: Drawing): void => {
        if (!leaving.signal.aborted) startTransition(() => setDrawing(next));
      };
      if (block.length > maxLength) show({ error: `It is longer than ${maxLength} characters.` });
      else
        library.need((mermaid) => {
          // Mermaid loads what draws a kind of diagram with the first of it.
          const request = (): Promise<Drawing> =>
            turns.take(() => draw(mermaid, id, block.from(0), scheme), leaving.signal) ?? Promise.resolve(tooMany);
          createLoading({ request, onFailed }).need(show, leaving.signal);
        }, leaving.signal);
      return () => leaving.abort();
    }, [block, isClosed, scheme, id]);

    const diagram = drawing !== undefined && 'svg' in drawing ? drawing : undefined;
    return (
      <div ref={root} className="sluice-diagram">
        {diagram && (
          <div className="sluice-diagram-header">
            <button type="button" className="sluice-button" onClick={() => setAsCode(!asCode)}>
              {asCode ? 'Show diagram' : 'Show code'}
            </button>
          </div>
        )}
        {diagram && !asCode ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide diagram scrolls, and the keyboard must reach it
          <section className="sluice-diagram-scroller" tabIndex={0} aria-label={`${diagram.name}, scrolls`}>
            <div
              role="img"
              aria-label={diagram.name}
              data-dark={diagram.isDark || undefined}
              // biome-ignore lint/security/noDangerouslySetInnerHtml: made by Mermaid in strict mode, which sanitizes it
              dangerouslySetInnerHTML={{ __html: diagram.svg }}
            />
          </section>
        ) : (
          children
        )}
        {drawing !== undefined && 'error' in drawing && (
          <p className="sluice-diagram-error">The diagram could not be drawn. {drawing.error}</p>
        )}
      </div>
    );
  };
}

/** Whether it says that a module could not be fetched: in the words of Chromium and Firefox, of Safari, of webpack. */
function isOfLoading(error: unknown): boolean {
  return /dynamically imported module|module script|ChunkLoadError/.test(String(error));
}

/** Its name is what its author calls it (`accTitle`), or what kind of diagram it is. */
function drawingOf(source: string, type: string, isDark: boolean): Drawing {
  const { body } = new DOMParser().parseFromString(source, 'text/html');
  withoutLinks(body);
  const svg = body.querySelector('svg');
  // As wide as it wants to be at most, which is for words of 16 px: before they are smaller than 10, it scrolls.
  svg?.style.setProperty('min-width', `calc(0.625 * ${svg.style.maxWidth})`);
  const title = svg?.querySelector(':scope > title')?.textContent?.trim();
  const kind = type
    .replace(/-v\d+$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return { svg: body.innerHTML, name: title || `Diagram, ${kind}`, isDark };
}

/** The colour scheme at the element; `undefined` before it is in the document. */
function useScheme(root: { readonly current: HTMLElement | null }): Scheme | undefined {
  const [scheme, setScheme] = useState<Scheme>();
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const read = (): void => {
      const own = root.current === null ? '' : getComputedStyle(root.current).colorScheme;
      const both = !own.includes('dark') === !own.includes('light');
      setScheme((both ? dark.matches : own.includes('dark')) ? 'dark' : 'light');
    };
    read();
    dark.addEventListener('change', read);
    return () => dark.removeEventListener('change', read);
  }, [root]);
  return scheme;
}
