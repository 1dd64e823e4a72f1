import { expect, test } from 'vitest';
import type { Frames } from '../../../src/react/frame.ts';
import { createModel } from '../../../src/react/markdown/model.ts';
import type { BlockNode } from '../../../src/react/markdown/nodes.ts';
import { createView, type Mount } from '../../../src/react/markdown/view.ts';
import type { Promotions } from '../../../src/react/promotion.ts';
import { createStreamStore } from '../../../src/store/index.ts';
import { append, close, paragraph } from './parser.ts';

/** A view of one paragraph that has closed and turned out to be something else, and where the change of it goes. */
function closeParagraph(isHurried: boolean): { readonly committed: number; readonly promoted: number } {
  let committed = 0;
  let promoted = 0;
  const model = createModel();
  const loop: Frames = {
    request() {},
    cancel() {},
    reconsider() {},
    commit: (update) => update(),
    mount() {},
  };
  const promoter: Promotions = {
    promote() {
      promoted += 1;
      return () => {};
    },
    stats: () => ({ longestMs: 0, forced: 0 }),
  };
  const view = createView({
    model,
    onModel() {},
    onClosed() {},
    onDirty() {},
    loop: () => loop,
    promoter: () => promoter,
    isHurried: () => isHurried,
  });
  const store = createStreamStore({ maxIdleStreams: 10, maxIdleBytes: 1e6, onEvict: () => {}, now: () => 1 });
  const record = store.create(1, 'a');
  const handle = { key: 1, record, tell: () => {}, subscribe: () => () => {}, stop: () => Promise.resolve(), release() {} };
  view.follow({ model, generation: record.generation, length: 9, ended: false, failed: false }, record);
  model.fold(paragraph(1, 'a *word'));
  const [node] = model.root.groups.flatMap(({ children }): readonly BlockNode[] => children);
  if (node === undefined) throw new Error('There is no paragraph.');
  const mount: Mount = {
    node,
    version: node.kind === 'container' ? 0 : node.version,
    grow: () => false,
    withdraw() {},
    refresh() {
      committed += 1;
    },
  };
  view.mount(mount);
  model.fold([...paragraph(2, 'more'), append(1, '!'), close(1)]);
  model.fold([{ type: 'inline', key: 1, from: 0, segments: [[{ type: 'text', text: 'a ' }]] }]);
  view.show(handle, Number.POSITIVE_INFINITY);
  return { committed, promoted };
}

test('[UI42] what has closed is a transition, and where pictures are left out a commit of those there are', () => {
  expect(closeParagraph(false)).toEqual({ committed: 0, promoted: 1 });
  expect(closeParagraph(true)).toEqual({ committed: 1, promoted: 0 });
});
