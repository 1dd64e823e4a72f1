import type { Assumed } from './assumed.ts';
import type { Bracket, Brackets } from './brackets.ts';
import type { Delimiters } from './delimiters.ts';
import { decodeText } from './entities.ts';
import { mostLabel, normaliseLabel, readFootnoteLabel, readLabel } from './label.ts';
import { type Node, wrapRest } from './node.ts';
import { pending } from './pending.ts';
import type { References } from './references.ts';
import { readResource } from './resource.ts';
import type { Seek } from './seek.ts';
import type { Doubt } from './source.ts';
import type { Writer } from './writer.ts';

/** What `[`, `![` and `]` do. Each answers where reading goes on. */
export interface Links {
  image(at: number): number;
  open(at: number): number;
  close(at: number): Generator<void, number>;
}

export interface LinkContext {
  /** What is read now. */
  readonly reading: Reading;
  readonly delimiters: Delimiters;
  readonly brackets: Brackets;
  readonly seek: Seek;
  readonly writer: Writer;
  readonly pend: Doubt;
}

export interface Reading {
  text: string;
  root: Node;
  references: References;
  /** Labels looked up without success, normalised, a footnote's with a leading `^`; and where the first bracket of each ends. */
  readonly missed: Map<string, number>;
  assumed: Assumed | undefined;
  linkEnd: number;
  strayTarget: boolean;
}

interface Target {
  readonly url: string;
  readonly title: string | undefined;
  readonly end: number;
}

export function createLinks(context: LinkContext): Links {
  const { reading, delimiters, brackets, seek, writer, pend } = context;
  const { add, plain, flush } = writer;

  const miss = (label: string, at: number): void => {
    if (!reading.missed.has(label)) reading.missed.set(label, at);
  };

  const findLink = (label: string, at: number): ReturnType<References['link']> => {
    const found = reading.references.link(label);
    if (!found) miss(label, at);
    return found;
  };

  const findFootnote = (label: string, at: number): boolean => {
    const found = reading.references.footnote(label);
    if (!found) miss(`^${label}`, at);
    return found;
  };

  const push = (node: Node, image: boolean): void => {
    brackets.push({ node, image, from: node.end, bottom: delimiters.last(), active: true, nested: false });
  };

  /** What follows the `]` at `at` makes of the bracket. `pending`: what comes after the source says. */
  const readTarget = (bracket: Bracket, at: number): Target | typeof pending | undefined => {
    const { text } = reading;
    const code = text.charCodeAt(at + 1);
    let open = Number.isNaN(code);
    if (code === 40) {
      const resource = readResource(text, at + 1, seek);
      if (resource !== undefined && resource !== pending) return resource;
      open = resource === pending;
    } else if (code === 91) {
      const end = readLabel(text, at + 1);
      if (end === pending) return pending;
      if (end !== undefined) {
        const found = findLink(normaliseLabel(text.slice(at + 2, end)), at);
        if (found) return { ...found, end: end + 1 };
      }
      if (text.charCodeAt(at + 2) !== 93) return undefined;
    }
    const shortcut = readShortcut(bracket, at, code === 91 ? at + 3 : at + 1);
    if (open && shortcut) pend('link', bracket.node.start, at);
    return shortcut ?? (open ? pending : undefined);
  };

  const readShortcut = (bracket: Bracket, at: number, end: number): Target | undefined => {
    if (bracket.nested || at - bracket.from > mostLabel + 1) return undefined;
    const label = normaliseLabel(reading.text.slice(bracket.from, at));
    const found = label === '' ? undefined : findLink(label, at);
    return found && { ...found, end };
  };

  /** What the `]` at `at` would make of a bracket that is taken for text. Returns whether to stop. */
  const readStray = ({ links, images }: Assumed, at: number): boolean => {
    const { text } = reading;
    const isLink = images || (links && reading.linkEnd === Number.POSITIVE_INFINITY);
    if (!isLink || reading.strayTarget) return false;
    const code = text.charCodeAt(at + 1);
    const target = code === 40 ? readResource(text, at + 1, seek) : code === 91 ? readLabel(text, at + 1) : undefined;
    if (target === pending) return pend('link', at, at);
    if (typeof target === 'number') reading.strayTarget = reading.references.link(normaliseLabel(text.slice(at + 2, target))) !== undefined;
    else if (target) reading.strayTarget = true;
    return false;
  };

  /** `![^label]` is a footnote after an exclamation mark. */
  const footnoteOfImage = (bracket: Bracket, at: number): void => {
    const { text, root } = reading;
    if (bracket.nested || text.charCodeAt(bracket.from) !== 94 || at - bracket.from > mostLabel + 1) return;
    const label = text.slice(bracket.from + 1, at);
    if (!findFootnote(normaliseLabel(label), at)) return;
    const { node } = bracket;
    flush(at, at);
    delimiters.truncate(bracket.bottom);
    node.text = '!';
    node.end = node.start + 1;
    root.last = node;
    node.next = undefined;
    add('footnoteReference', decodeText(label), node.start + 1, at + 1);
  };

  return {
    image(at) {
      const { text } = reading;
      if (text.charCodeAt(at + 1) !== 91) {
        if (at + 1 === text.length) pend('image', at, at);
        return at + 1;
      }
      push(plain(at, at + 2), true);
      return at + 2;
    },
    open(at) {
      const { text } = reading;
      if (text.charCodeAt(at + 1) === 94) {
        const end = readFootnoteLabel(text, at);
        if (end === pending) {
          if (pend('footnote', at, at + 2)) return at + 1;
        } else if (end !== undefined) {
          const label = text.slice(at + 2, end);
          if (findFootnote(normaliseLabel(label), at)) {
            add('footnoteReference', decodeText(label), at, end + 1);
            return end + 1;
          }
        }
      }
      push(plain(at, at + 1), false);
      return at + 1;
    },
    *close(at) {
      const bracket = brackets.top();
      if (!bracket) {
        if (reading.assumed) readStray(reading.assumed, at);
        return at + 1;
      }
      const target = bracket.active ? readTarget(bracket, at) : undefined;
      if (target === undefined || target === pending) {
        if (target && pend(bracket.image ? 'image' : 'link', bracket.node.start, at)) return at + 1;
        brackets.pop(at + 1);
        if (bracket.image) footnoteOfImage(bracket, at);
        if (bracket.node === reading.root.last) writer.unread(bracket.node);
        return at + 1;
      }
      flush(at, target.end);
      yield* delimiters.resolve(bracket.bottom, true);
      delimiters.truncate(bracket.bottom);
      if (!bracket.image) {
        brackets.deactivate();
        if (reading.linkEnd > target.end) reading.linkEnd = target.end;
      }
      brackets.pop(target.end);
      const { node } = bracket;
      node.type = bracket.image ? 'image' : 'link';
      node.plain = false;
      node.url = target.url;
      node.title = target.title;
      node.end = target.end;
      wrapRest(reading.root, node);
      return target.end;
    },
  };
}
