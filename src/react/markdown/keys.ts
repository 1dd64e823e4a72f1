import type { Inline } from '../../markdown/index.ts';

// An element of a segment: what it is and leads to, and its key as long as that is so.
export interface Keyed {
  readonly name: string;
  key: number;
}

let made = 0;

// A key for each element of the segment, in the order of the text: that of one with the same name, or of one that is gone and had
// the beginning of its address only. So what is focused never comes to lead elsewhere.
export function keysOf(segment: readonly Inline[], before: readonly Keyed[]): readonly Keyed[] {
  const left = [...before];
  const elements = [...namesOf(segment)].map((name) => ({ name, key: 0 }));
  const take = (isSame: (name: string, old: string) => boolean): void => {
    for (const element of elements) {
      const index = element.key > 0 ? -1 : left.findIndex(({ name }) => isSame(element.name, name));
      if (index >= 0) element.key = left.splice(index, 1)[0]?.key ?? 0;
    }
  };
  take((name, old) => name === old);
  take((name, old) => name.startsWith(old));
  for (const element of elements) element.key ||= made += 1;
  return elements;
}

// No mere text.
export function isElement({ type }: Inline): boolean {
  return type !== 'text' && type !== 'html';
}

function* namesOf(inlines: readonly Inline[]): Generator<string> {
  for (const inline of inlines) {
    if (!isElement(inline)) continue;
    yield `${inline.type} ${'url' in inline ? inline.url : 'label' in inline ? inline.label : ''}`;
    if ('children' in inline) yield* namesOf(inline.children);
  }
}
