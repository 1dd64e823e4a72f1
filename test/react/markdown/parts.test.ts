import { expect, test } from 'vitest';
import type { Segment } from '../../../src/markdown/index.ts';
import { createModel } from '../../../src/react/markdown/model.ts';

const segment = (text: string): Segment => [{ type: 'text', text }];

test.each(['inline', 'revise'] as const)('[MD1] what comes in parts shows with the last of them (%s)', (type) => {
  const model = createModel();
  model.fold([
    { type: 'open', key: 1, parent: 0, block: { type: 'paragraph' } },
    { type: 'inline', key: 1, from: 0, segments: [segment('before')] },
  ]);
  const [node] = model.root.groups[0]?.children ?? [];
  const shown = (): readonly Segment[] => (node?.kind === 'inline' ? node.boxes.flat() : []);
  let changes = 0;
  model.watch({ changed: () => (changes += 1), withdrawn: () => undefined, closed: () => undefined });

  model.fold([{ type: 'segments', key: 1, segments: [segment('a'), segment('b')] }]);
  model.fold([{ type: 'segments', key: 1, segments: [segment('c')] }]);
  expect(changes).toBe(0);
  expect(shown()).toEqual([segment('before')]);

  model.fold([{ type, key: 1, from: 0, segments: [segment('d')] }]);
  expect(changes).toBe(1);
  expect(shown()).toEqual(['a', 'b', 'c', 'd'].map(segment));

  model.fold([{ type: 'inline', key: 1, from: 4, segments: [segment('e')] }]);
  expect(shown()).toEqual(['a', 'b', 'c', 'd', 'e'].map(segment));
});
