import { expect, test } from 'vitest';
import { createScanner } from '../../../src/markdown/inline/scan.ts';

const length = 1 << 17;

/** The most nodes there are at a time while a text is read that nothing follows. */
function mostNodes(text: string): number {
  const scanner = createScanner();
  const source = { text, before: Number.NaN, tildeFirst: undefined };
  const steps = scanner.scan(source, {}, { link: () => undefined, footnote: () => false });
  let most = 0;
  const countTaken = (): void => {
    let count = 0;
    for (let node = scanner.take(); node; node = node.next) count += 1;
    most = Math.max(most, count);
  };
  let step = steps.next();
  for (; !step.done; step = steps.next()) countTaken();
  let left = 0;
  for (let node = step.value.root.first; node; node = node.next) left += 1;
  return Math.max(most, left);
}

test.for(['[', '![', '&', '&amp;', '<', '\\*', '*a ', '_a ', '~a ', '~~~', '`a ', '[a] ', '[a](', '![^a]', 'a@b.', '[a](b) ', 'a  \n'])(
  '[MD3] of %s again and again a parse keeps no more than so much apart, however long the text',
  (mark) => {
    expect(mostNodes(mark.repeat(length / mark.length))).toBeLessThanOrEqual(1024);
  },
);

test('[MD3] what may be closed is kept until it is', () => {
  expect(mostNodes(`*a ${'`b` '.repeat(2048)}c*`)).toBeGreaterThan(2048);
});
