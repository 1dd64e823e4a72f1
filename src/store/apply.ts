import type { StreamChange } from '../worker/messages.ts';
import { type Content, emptyContent, foldInto, type OwnRecord } from './record.ts';
import { same } from './same.ts';
import type { StreamSummary } from './state.ts';

/** A record without entries. `nowMs` is `performance.now()` of the attachment. */
export function createRecord(key: number, id: string | undefined, nowMs: number): OwnRecord {
  const content = emptyContent('');
  return {
    key,
    summary: summarise(key, id, content),
    seq: 0,
    generation: 0,
    parts: content.parts,
    text: content.text,
    usage: undefined,
    deltas: 0,
    attachedAt: nowMs,
    firstTextAt: 0,
    endedAt: 0,
    content,
    shadow: undefined,
  };
}

/**
 * Folds a change in, O(what arrived). A snapshot is gathered apart and takes the place of the old content as a
 * whole, once it is complete; `generation` then rises by one.
 */
export function applyChange(record: OwnRecord, change: StreamChange, nowMs: number): void {
  record.handed = change.handed;
  const known = record.shadow?.content ?? record.content;
  if (change.reset !== undefined) {
    record.shadow = { content: emptyContent(change.epoch), snapshotSeq: change.reset.snapshotSeq };
  } else if (known.epoch === '') {
    known.epoch = change.epoch;
  } else if (known.epoch !== change.epoch) {
    // Entries of another incarnation must never be appended to this one.
    record.shadow = { content: emptyContent(change.epoch), snapshotSeq: 0 };
  }
  const content = record.shadow?.content ?? record.content;
  for (const entry of change.entries) foldInto(content, entry);
  if (record.shadow !== undefined) {
    // A stream that broke off within its snapshot shows what there is.
    if (content.seq < record.shadow.snapshotSeq && !hasEnded(content)) return;
    record.shadow = undefined;
    record.content = content;
    record.parts = content.parts;
    record.text = content.text;
    record.generation += 1;
  }
  publish(record, nowMs);
}

/** Ends the stream for a reason that is not in its log; does nothing to one that has ended. */
export function failRecord(record: OwnRecord, error: NonNullable<StreamSummary['error']>, nowMs: number): void {
  if (isEnded(record)) return;
  record.content.status = 'failed';
  record.content.error = error;
  publish(record, nowMs);
}

/** Where a reader that replaces the present one goes on: what the page has folded in. */
export function cursorOf(record: OwnRecord): { readonly epoch: string | undefined; readonly afterSeq: number } {
  const { epoch, seq } = record.shadow?.content ?? record.content;
  return seq === 0 ? { epoch: undefined, afterSeq: 0 } : { epoch, afterSeq: seq };
}

export function isEnded(record: OwnRecord): boolean {
  return hasEnded(record.content);
}

function hasEnded({ status }: Content): boolean {
  return status !== 'pending' && status !== 'streaming';
}

function publish(record: OwnRecord, nowMs: number): void {
  const { content } = record;
  record.seq = content.seq;
  record.usage = content.usage;
  record.deltas = content.deltas;
  if (record.firstTextAt === 0 && content.text.length > 0) record.firstTextAt = nowMs;
  if (record.endedAt === 0 && isEnded(record)) record.endedAt = nowMs;
  const next = summarise(record.key, record.summary.id, content);
  if (!same(record.summary, next)) record.summary = next;
}

function summarise(key: number, id: string | undefined, content: Content): StreamSummary {
  const { status, epoch, provider, model, error, finishReason } = content;
  return { key, id, status, epoch, provider, model, error, finishReason };
}
