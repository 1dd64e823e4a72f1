import type { ViewChange } from '../panel/view.ts';
import { promotions } from '../promotion.ts';
import { type DocumentReference, openDocument, type StreamDocument } from './documents.ts';

/**
 * Changes the view in a transition with a deadline. To Markdown only once the text there is, in a pause what of it is on display,
 * has been parsed: until then the old view goes on.
 */
export function switchView({ to, props, apply, isDone }: ViewChange): () => void {
  const { handle, display, markdown, worker } = props;
  if (to === 'plain' || handle === undefined) return promotions().promote({ apply, isDone });
  const { record } = handle;
  let cancel: (() => void) | undefined;
  let heldAt: number;
  let seen: number;
  let reference: DocumentReference;
  const isReady = ({ failed, length, ended, generation }: StreamDocument): boolean =>
    !failed && generation === record.generation && (ended || length >= Math.min(seen, record.text.length));
  const check = (): void => {
    if (cancel !== undefined || !isReady(reference.document)) return;
    if (display.heldAt() !== heldAt) {
      reference.release();
      begin();
      return;
    }
    const isOver = (): boolean => {
      const done = isDone();
      if (done) reference.release();
      return done;
    };
    cancel = promotions().promote({ apply, isDone: isOver });
  };
  const begin = (): void => {
    heldAt = display.heldAt();
    // What comes later is parsed as it comes; to wait for it, too, might be to wait for ever.
    seen = Math.min(heldAt, record.text.length);
    const limit = heldAt;
    reference = openDocument(handle, { math: !!markdown?.math }, worker, { onChange: check, limit: () => limit, heldAt });
    check();
  };
  begin();
  return () => {
    cancel?.();
    reference.release();
  };
}
