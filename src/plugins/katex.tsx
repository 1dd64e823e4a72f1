import type { KatexOptions as Settings } from 'katex';
import { type ReactNode, useLayoutEffect, useMemo, useState } from 'react';
import type { MathProps, MathRenderer } from '../react/markdown/math.ts';
import { copyAsTex } from './copied.ts';
import { createLoading } from './loading.ts';
import { checkOptions, objectOf, size } from './options.ts';
import { createPace } from './pace.ts';

export type { MathProps, MathRenderer } from '../react/markdown/math.ts';

export interface KatexOptions {
  /** Macros that every formula may use: `{ '\\R': '\\mathbb{R}' }`. A formula cannot change them for others. */
  readonly macros?: { readonly [name: string]: string };
  /** Expansions of macros in one formula; more are an error. @default 500 */
  readonly maxExpand?: number;
  /** Longest size that a formula may ask for, em; more is cut. @default 20 */
  readonly maxSizeEm?: number;
  /** A longer formula shows its source. UTF-16 code units. @default 10000 */
  readonly maxLength?: number;
}

type Render = (tex: string, settings: Settings) => string;

/** Each picture lays out the lines that some are in: with half as many they would be as long, and twice as many pictures. TeX in UTF-16 code units. */
const pace = createPace({ most: 32, mostSize: 1024 });

/**
 * Math for `math` of the Markdown options: turns the syntax on and shows it with KaTeX, which is loaded with the first formula
 * (`katex` is to be installed beside this package, and its style sheet, `katex/dist/katex.min.css`, imported by the app).
 * A formula has MathML for screen readers. It cannot link, load or style anything (`trust` is off), and invalid TeX shows
 * its source, marked. Where KaTeX cannot be loaded formulas show their source, and it is tried again (PROTOCOL.md, UI28). Make it
 * once, outside of components.
 *
 * @throws {StreamError} `bad_option`
 */
export function katex(options: KatexOptions = {}): MathRenderer {
  checkOptions('katex', options, {
    macros: objectOf('string'),
    maxExpand: size,
    maxSizeEm: size,
    maxLength: size,
  });
  const { macros = {}, maxExpand = 500, maxSizeEm = 20, maxLength = 10_000 } = options;
  const library = createLoading<Render>({
    request: async () => (await import('katex')).default.renderToString,
    onFailed: (error) => console.warn('Sluice: formulas show their source until KaTeX can be loaded. Is katex installed?', error),
  });

  const draw = (tex: string, displayMode: boolean, with_: Render): { readonly html: string } | { readonly error: string } => {
    if (tex.length > maxLength) return { error: `The formula is longer than ${maxLength} characters.` };
    try {
      const html = with_(tex, {
        displayMode,
        throwOnError: true,
        output: 'htmlAndMathml',
        trust: false,
        strict: 'ignore',
        maxExpand,
        maxSize: maxSizeEm,
        // A copy: `\gdef` writes into it.
        macros: { ...macros },
      });
      return { html };
    } catch (error) {
      return { error: (error as Error).message };
    }
  };

  function Formula({ tex, display }: MathProps): ReactNode {
    const [turn, setTurn] = useState<{ readonly of: string; readonly render: Render }>();
    // In front of the picture: where it has room, nobody sees the source.
    useLayoutEffect(() => {
      const leaving = new AbortController();
      const onLoaded = (render: Render): void => pace.take(tex.length, () => setTurn({ of: tex, render }), leaving.signal);
      library.need(onLoaded, leaving.signal);
      return () => leaving.abort();
    }, [tex]);
    const render = turn?.of === tex ? turn.render : undefined;
    const drawn = useMemo(() => render && draw(tex, display, render), [tex, display, render]);
    if (drawn === undefined || 'error' in drawn) return <Source tex={tex} display={display} error={drawn?.error} />;
    // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX escapes what it is given, and with `trust` off makes no links
    if (!display) return <span ref={copyAsTex} className="sluice-formula" dangerouslySetInnerHTML={{ __html: drawn.html }} />;
    return (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
      <div
        ref={copyAsTex}
        className="sluice-math-block"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide formula scrolls, and the keyboard must reach it
        tabIndex={0}
        role="group"
        aria-label="Formula"
        // biome-ignore lint/security/noDangerouslySetInnerHtml: as above
        dangerouslySetInnerHTML={{ __html: drawn.html }}
      />
    );
  }
  return { Math: Formula };
}

interface SourceProps extends MathProps {
  readonly error: string | undefined;
}

function Source({ tex, display, error }: SourceProps): ReactNode {
  const source = <code className="sluice-math-source">{tex}</code>;
  const marked =
    error === undefined ? (
      source
    ) : (
      <span className="sluice-math-error" title={error}>
        {source}
        <span className="sluice-math-mark"> (invalid TeX)</span>
      </span>
    );
  return display ? <div className="sluice-math-block">{marked}</div> : marked;
}
