import type { RefObject } from 'react';

// What a prop takes, and whether a value is that.
type Kind = readonly [takes: string, is: (value: unknown) => boolean];
type Kinds = { readonly [name: string]: Kind };

const oneOf = (...values: readonly unknown[]): Kind => [`"${values.join('" or "')}"`, (value) => values.includes(value)];
const made = (by: string, part: string): Kind => [`what ${by} returns`, (value) => part in Object(value)];
const list: Kind = ['a list of strings', (value) => Array.isArray(value) && value.every((each) => typeof each === 'string')];
const table: Kind = ['an object', (value) => typeof value === 'object'];
const call: Kind = ['a function', (value) => typeof value === 'function'];

const props: Kinds = { view: oneOf('plain', 'markdown'), pacing: oneOf('immediate', 'smooth'), markdown: table };
const options: Kinds = {
  components: table,
  fences: table,
  highlight: made('shiki()', 'open'),
  math: made('katex()', 'Math'),
  allowedSchemes: list,
  imagePrefixes: list,
  rewriteUrl: call,
  linkProps: call,
  headingOffset: ['an integer', Number.isInteger],
  wrapCode: ['true or false', (value) => value === true],
};

const told = new Set<string>();

/** What of a panel cannot be meant, each of it once. For development: nobody loads this in production. */
export function tellMistakes(panel: RefObject<Element | null>, given: { readonly [name: string]: unknown }): void {
  check('', given, props);
  if (typeof given['markdown'] === 'object') check('markdown.', given['markdown'], options);
  // By then a style sheet has come.
  setTimeout(() => {
    if (panel.current === null || getComputedStyle(panel.current).getPropertyValue('--sluice-radius') !== '') return;
    tell("Panels have no styles: they do not scroll, and show what only screen readers should read. Add: import 'sluice-kit/styles.css'");
  }, 1000);
}

function check(path: string, given: unknown, kinds: Kinds): void {
  for (const [name, value] of Object.entries(Object(given))) {
    const [takes, is] = kinds[name] ?? [`left out, there are ${Object.keys(kinds).join(', ')}`];
    const isNone = value === undefined || value === null || value === false;
    if (!isNone && !is?.(value)) tell(`bad_option: ${path}${name} of a StreamPanel must be ${takes}.`);
  }
}

function tell(message: string): void {
  if (!told.has(message)) console.warn(message);
  told.add(message);
}
