import type { ViewChange } from '../panel/view.ts';
import { promotions } from '../promotion.ts';
import { openDocument, type StreamDocument } from './documents.ts';

/** Changes the view in a transition with a deadline. To Markdown only once the text there is has been parsed: until then the old view goes on. */
export function switchView({ to, props, apply, isDone }: ViewChange): () => void {
  const { handle, markdown, worker } = props;
  if (to === 'plain' || handle === undefined) return promotions().promote({ apply, isDone });
  let cancel: (() => void) | undefined;
  const isReady = ({ failed, length, ended, generation }: StreamDocument): boolean =>
    !failed && generation === handle.record.generation && (ended || length >= Math.min(seen, handle.record.text.length));
  // What comes later is parsed as it comes; to wait for it, too, might be to wait for ever.
  const seen = handle.record.text.length;
  const check = (): void => {
    if (cancel !== undefined || !isReady(reference.document)) return;
    const isOver = (): boolean => {
      const done = isDone();
      if (done) reference.release();
      return done;
    };
    cancel = promotions().promote({ apply, isDone: isOver });
  };
  const reference = openDocument(handle, { math: markdown?.math !== undefined }, worker, {
    onChange: check,
    limit: () => Number.POSITIVE_INFINITY,
  });
  check();
  return () => {
    cancel?.();
    reference.release();
  };
}
