import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import { type LanguageRegistration, normalizeTheme, Registry, Resolver, type ThemeRegistrationAny } from '@shikijs/primitive';
import { EncodedTokenMetadata, INITIAL, type StateStack, Theme } from '@shikijs/primitive/textmate';
import { readable } from './contrast.ts';
import type { Style } from './messages.ts';

/** Lines of at least so many UTF-16 code units are not coloured, and what follows is coloured as if they were not there. */
const maxLineLength = 2000;
/**
 * A line that takes longer, in all of its tries, stays as far coloured as it got. There are several because expressions are compiled
 * when they are first needed, which on a busy machine takes longer than any line: the next try finds them compiled.
 */
const defaultLineLimitMs = 250;
const lineTries = 4;
/** Bits of a token's font style. */
const fontStyles = { notSet: -1, italic: 1, bold: 2, underline: 4 } as const;

/** Where a text is in its grammar, between two lines. */
export type GrammarState = StateStack;

/** Colours lines of one language, each from where the one before ended. */
export interface LineTokenizer {
  /** Length and style of each token go to `out`. The line is without its newline. */
  line(text: string, state: GrammarState | undefined, out: number[]): GrammarState;
}

/** All styles that tokens had so far; `0` is plain. */
export interface StyleTable {
  readonly styles: readonly Style[];
  /** Index from 1 of the style of a token's metadata. */
  of(metadata: number): number;
}

export interface ThemePair {
  readonly table: StyleTable;
  /** @throws when a grammar is missing or broken */
  tokenizer(name: string, grammars: readonly unknown[]): LineTokenizer;
}

/**
 * Two themes in one pass: a theme gives a token's metadata a foreground and a background, and code shows no backgrounds. So
 * the dark theme's foreground takes the background's place, and each line is read once for both. `lineLimitMs`: of one try, 0 for none.
 */
export function createThemePair(light: unknown, dark: unknown, contrast: number, lineLimitMs: number = defaultLineLimitMs): ThemePair {
  const lightTheme = Theme.createFromRawTheme(normalizeTheme(light as ThemeRegistrationAny));
  const darkTheme = Theme.createFromRawTheme(normalizeTheme(dark as ThemeRegistrationAny));
  const pair = createPair(lightTheme, darkTheme);
  const table = createTable(lightTheme.getColorMap(), darkTheme.getColorMap(), pair.getDefaults(), contrast);
  return {
    table,
    tokenizer(name, grammars) {
      // A registry a language: one that is loaded later would change the grammars that embed it, under the states that are kept of them.
      const resolver = new Resolver(createJavaScriptRegexEngine({ forgiving: true }), []);
      const registry = new PairRegistry(resolver, [], grammars as LanguageRegistration[]);
      registry.showPair(pair);
      const grammar = registry.getGrammar(name);
      if (grammar === undefined) throw new Error(`There is no grammar “${name}” among those given for it.`);
      return {
        line(text, state, out) {
          // An empty line changes nothing, as in Shiki.
          if (text === '' || text.length >= maxLineLength) return state ?? INITIAL;
          let { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine2(text, state ?? INITIAL, lineLimitMs);
          for (let tries = 1; stoppedEarly && tries < lineTries; tries += 1) {
            ({ tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine2(text, state ?? INITIAL, lineLimitMs));
          }
          for (let index = 0; index < tokens.length; index += 2) {
            const start = tokens[index] ?? 0;
            const end = tokens[index + 2] ?? text.length;
            if (end > start) out.push(end - start, table.of(tokens[index + 1] ?? 0));
          }
          return ruleStack;
        },
      };
    },
  };
}

type PairTheme = Pick<Theme, 'match' | 'getDefaults' | 'getColorMap'>;
type Attributes = ReturnType<Theme['getDefaults']>;

function createPair(light: Theme, dark: Theme): PairTheme {
  const joined = (of: Attributes, darkId: number): Attributes => ({
    fontStyle: of.fontStyle,
    foregroundId: of.foregroundId,
    backgroundId: darkId,
  });
  const none: Attributes = { fontStyle: fontStyles.notSet, foregroundId: 0, backgroundId: 0 };
  return {
    match(path) {
      const [inLight, inDark] = [light.match(path), dark.match(path)];
      return inLight === null && inDark === null ? null : joined(inLight ?? none, inDark?.foregroundId ?? 0);
    },
    getDefaults: () => joined(light.getDefaults(), dark.getDefaults().foregroundId),
    getColorMap: () => light.getColorMap(),
  };
}

class PairRegistry extends Registry {
  showPair(theme: PairTheme): void {
    (this as unknown as { readonly _syncRegistry: { setTheme(theme: PairTheme): void } })._syncRegistry.setTheme(theme);
  }
}

function createTable(light: readonly string[], dark: readonly string[], defaults: Attributes, contrast: number): StyleTable {
  const styles: Style[] = [];
  const known = new Map<number, number>();
  const color = (map: readonly string[], id: number, defaultId: number, scheme: 'light' | 'dark'): string | undefined => {
    const found = map[id];
    return id === defaultId || found === undefined ? undefined : readable(found, scheme, contrast);
  };
  const make = (metadata: number): number => {
    const flags = EncodedTokenMetadata.getFontStyle(metadata);
    const style: Style = {
      light: color(light, EncodedTokenMetadata.getForeground(metadata), defaults.foregroundId, 'light'),
      dark: color(dark, EncodedTokenMetadata.getBackground(metadata), defaults.backgroundId, 'dark'),
      italic: (flags & fontStyles.italic) !== 0,
      bold: (flags & fontStyles.bold) !== 0,
      underline: (flags & fontStyles.underline) !== 0,
    };
    if (style.light === undefined && style.dark === undefined && !style.italic && !style.bold && !style.underline) return 0;
    return styles.push(style);
  };
  return {
    styles,
    of(metadata) {
      // Of the metadata only these bits are looks: font style, foreground, background.
      const looks = metadata & 0xff_ff_f8_00;
      let index = known.get(looks);
      if (index === undefined) {
        index = make(metadata);
        known.set(looks, index);
      }
      return index;
    },
  };
}
