import { expect, onTestFinished, test, vi } from 'vitest';
import type { Frames } from '../../../src/react/frame.ts';
import { createModel } from '../../../src/react/markdown/model.ts';
import type { BlockNode } from '../../../src/react/markdown/nodes.ts';
import { createView, type Mount } from '../../../src/react/markdown/view.ts';
import type { Promotions } from '../../../src/react/promotion.ts';
import { openStored } from '../stored.ts';
import { append, close as closed, paragraph } from './parser.ts';

/** A view of one paragraph, its commits and transitions counted. */
function openView(isHurried = false) {
  const count = { committed: 0, promoted: 0 };
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
      count.promoted += 1;
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
  const { store, handle } = openStored();
  const { record } = handle;
  const document = { model, generation: record.generation, length: 9, ended: false, failed: false };
  view.follow(document, record);
  model.fold(paragraph(1, 'a *word'));
  const [node] = model.root.groups.flatMap(({ children }): readonly BlockNode[] => children);
  if (node === undefined) throw new Error('There is no paragraph.');
  const mount: Mount = {
    node,
    version: node.kind === 'container' ? 0 : node.version,
    grow: () => false,
    withdraw() {},
    refresh() {
      count.committed += 1;
    },
  };
  view.mount(mount);
  return { count, model, view, store, handle, document };
}

test('[UI42] what has closed is a transition, and where pictures are left out a commit of those there are', () => {
  const close = (isHurried: boolean) => {
    const { count, model, view, handle } = openView(isHurried);
    model.fold([...paragraph(2, 'more'), append(1, '!'), closed(1)]);
    model.fold([{ type: 'inline', key: 1, from: 0, segments: [[{ type: 'text', text: 'a ' }]] }]);
    view.show(handle, Number.POSITIVE_INFINITY);
    return count;
  };
  expect(close(false)).toEqual({ committed: 0, promoted: 1 });
  expect(close(true)).toEqual({ committed: 1, promoted: 0 });
});

test.for([
  { what: 'far behind in a long text', length: 262_145, behind: 131_073, isPassed: true },
  { what: 'less far behind', length: 262_145, behind: 131_072, isPassed: false },
  { what: 'far behind in a shorter text', length: 262_144, behind: 400_000, isPassed: false },
  { what: 'at the end', length: 262_145, behind: 131_073, ended: true, isPassed: false },
  { what: 'in a pause, as far as that is', length: 262_145, behind: 131_073, limit: 300_000, isPassed: false },
])(
  '[UI37] what comes $what is shown four times a second, or each time: $isPassed',
  ({ length, behind, ended = false, limit, isPassed }) => {
    const { count, model, view, store, handle, document } = openView();
    const event = { type: 'text', part: 't0', delta: 'x'.repeat(length + behind) } as const;
    store.apply([{ key: 1, epoch: 'e1', entries: [{ fromSeq: 1, seq: 1, at: 0, event }], receivedAt: 0 }]);
    Object.assign(document, { length, ended });
    const clock = vi.spyOn(performance, 'now');
    onTestFinished(() => clock.mockRestore());
    const shown = [10_000, 10_249, 10_250, 10_499, 10_500].filter((now) => {
      clock.mockReturnValue(now);
      const before = count.committed;
      model.fold([append(1, '!')]);
      view.show(handle, limit ?? Number.POSITIVE_INFINITY);
      return count.committed > before;
    });
    expect(shown).toEqual(isPassed ? [10_000, 10_250, 10_500] : [10_000, 10_249, 10_250, 10_499, 10_500]);
  },
);
