import { mostLabel, normaliseLabel } from './inline/label.ts';
import { endWithout } from './spaces.ts';

export interface Definition {
  /** Normalised. */
  readonly label: string;
  /** Destination and title as they are written, without their delimiters. */
  readonly url: string;
  readonly title: string | undefined;
}

/**
 * Reads link reference definitions off the beginning of a paragraph whose text comes in pieces, each character once
 * (https://spec.commonmark.org/0.31.2/#link-reference-definition). A paragraph is that until something else comes.
 */
export interface DefinitionReader {
  /** Lines are told with their break and without indentation. Returns what turned out to be the paragraph's text, once it does. */
  push(text: string): string | undefined;
  /** No more text. Returns the paragraph's text, empty if there were only definitions. */
  finish(): string;
  /** The last so many code units are something else: part of the open definition, if it is one. */
  drop(length: number): void;
  /** Whether `finish` would leave text. */
  leavesText(): boolean;
  /** Not yet read as a definition, and possibly none: the beginning of one, up to the bracket that ends the label. */
  label(): string | undefined;
}

/** As other parsers have it; the specification asks for three at least. */
const deepestParentheses = 32;

type State = 'start' | 'label' | 'colon' | 'beforeUrl' | 'angle' | 'url' | 'afterUrl' | 'beforeTitle' | 'title' | 'afterTitle';

export function createDefinitionReader(define: (definition: Definition) => void): DefinitionReader {
  let state: State = 'start';
  /** Text from the open definition on. */
  let text = '';
  let at = 0;
  let escaped = false;
  let label = '';
  let url = '';
  let mark = 0;
  let depth = 0;
  let breaks = 0;
  let close = '';
  let title: string | undefined;
  /** Where the definition ends if what looks like its title is none. */
  let end = 0;

  const accept = (to: number): void => {
    define({ label, url, title });
    text = text.slice(to);
    at = 0;
    end = 0;
    title = undefined;
    state = 'start';
  };

  /** Returns whether the rest may still be a definition. */
  const fail = (): boolean => {
    if (end > 0) {
      title = undefined;
      accept(end);
    }
    return false;
  };

  const enter = (next: State): void => {
    state = next;
    mark = at + 1;
    escaped = false;
    breaks = 0;
  };

  const titleStart = (code: number): boolean => {
    close = code === 34 ? '"' : code === 39 ? "'" : code === 40 ? ')' : '';
    if (close !== '') enter('title');
    return close !== '';
  };

  /** Returns whether the text up to here may be a definition. */
  const step = (code: number): boolean => {
    switch (state) {
      case 'start':
        if (code !== 91) return false;
        enter('label');
        return true;
      case 'label':
        if (at - mark > mostLabel) return false;
        if (escaped) escaped = false;
        else if (code === 92) escaped = true;
        else if (code === 91) return false;
        else if (code === 93) {
          label = normaliseLabel(text.slice(mark, at));
          enter('colon');
          return label !== '';
        }
        return true;
      case 'colon':
        enter('beforeUrl');
        return code === 58;
      case 'beforeUrl':
        if (isSpace(code)) return true;
        if (code === 10) {
          breaks += 1;
          return breaks < 2;
        }
        if (code === 60) {
          enter('angle');
          return true;
        }
        enter('url');
        mark = at;
        depth = 0;
        return step(code);
      case 'angle':
        if (escaped) escaped = false;
        else if (code === 92) escaped = true;
        else if (code === 62) {
          url = text.slice(mark, at);
          enter('afterUrl');
          return true;
        }
        return code !== 10 && code !== 60;
      case 'url':
        if (isSpace(code) || code === 10) {
          if (depth > 0) return false;
          url = text.slice(mark, at);
          enter('afterUrl');
          mark = at;
          return step(code);
        }
        if (code < 32 || code === 127) return false;
        if (escaped) escaped = false;
        else if (code === 92) escaped = true;
        else if (code === 40) depth += 1;
        else if (code === 41) depth -= 1;
        return depth >= 0 && depth <= deepestParentheses;
      case 'afterUrl':
        if (isSpace(code)) return true;
        if (code === 10) {
          enter('beforeTitle');
          end = mark;
          return true;
        }
        return at > mark && titleStart(code);
      case 'beforeTitle':
        if (isSpace(code) || titleStart(code)) return true;
        accept(end);
        return step(code);
      case 'title':
        if (escaped) escaped = false;
        else if (code === 92) escaped = true;
        else if (code === close.charCodeAt(0)) {
          title = text.slice(mark, at);
          enter('afterTitle');
        } else if (code === 40 && close === ')') return false;
        return true;
      case 'afterTitle':
        if (isSpace(code)) return true;
        if (code !== 10) return false;
        accept(at + 1);
        at = -1;
        return true;
    }
  };

  const push = (more: string): string | undefined => {
    text += more;
    for (; at < text.length; at += 1) {
      // A title may be as long as the answer: what grows piece by piece is not read as a whole.
      const index = at - (text.length - more.length);
      if (!step(index < 0 ? text.charCodeAt(at) : more.charCodeAt(index))) {
        fail();
        return text;
      }
    }
    return undefined;
  };

  return {
    push,
    finish() {
      const found = push('\n');
      if (found === undefined && state === 'beforeTitle') accept(end);
      else if (found === undefined) fail();
      return text.replace(/\n$/, '');
    },
    drop(length) {
      const before = text.slice(0, Math.max(0, endWithout(text, '\n') - length));
      text = '';
      at = 0;
      end = 0;
      state = 'start';
      push(before);
    },
    leavesText() {
      if (state === 'start') return text.length > 0;
      if (state === 'url') return depth > 0;
      return state !== 'afterUrl' && state !== 'beforeTitle' && state !== 'afterTitle';
    },
    label() {
      return state === 'label' || (state === 'colon' && at < mark) ? text : undefined;
    },
  };
}

function isSpace(code: number): boolean {
  return code === 32 || code === 9;
}
