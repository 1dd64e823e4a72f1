import type { StreamRecord } from '../store/state.ts';
import type { LocalReading } from './local.ts';

/** One stream the page follows, however many handles refer to it. */
export interface Attachment {
  readonly key: number;
  readonly record: StreamRecord;
  /** Of a stream of the relay. */
  readonly relay: RelayStream | undefined;
  /** Of a local source: has something done to its reading, as soon as there is one. */
  local: ((ask: Ask) => void) | undefined;
}

export type Ask = (reading: LocalReading) => void;

/** A stream of the relay, before and after the relay knows it. Outlives its attachments. */
export interface RelayStream {
  id: string;
  /** `undefined` until the relay has accepted the request. */
  channel: string | undefined;
  /** Settles when the relay has accepted or refused the request. */
  readonly started: Promise<void>;
}

/** Counts references. What nobody refers to leaves after a grace, so that a remount (Strict Mode, a moved panel) finds it as it was. */
export interface Attachments {
  all(): Attachment[];
  get(key: number): Attachment | undefined;
  /** One reference more. Returns its end, which works once. */
  refer(attachment: Attachment): () => void;
  /** Whether anybody refers to it. */
  shown(attachment: Attachment): boolean;
  forget(key: number): void;
  clear(): void;
}

export interface AttachmentsOptions {
  readonly graceMs: number;
  readonly onShown: (attachment: Attachment) => void;
  /** The grace after the last reference is over. */
  readonly onLeft: (attachment: Attachment) => void;
}

export function createAttachments({ graceMs, onShown, onLeft }: AttachmentsOptions): Attachments {
  const entries = new Map<number, { readonly attachment: Attachment; count: number; timer: ReturnType<typeof setTimeout> | undefined }>();
  return {
    all: () => Array.from(entries.values(), ({ attachment }) => attachment),
    get: (key) => entries.get(key)?.attachment,
    refer(attachment) {
      const entry = entries.get(attachment.key) ?? { attachment, count: 0, timer: undefined };
      entries.set(attachment.key, entry);
      clearTimeout(entry.timer);
      entry.count += 1;
      if (entry.count === 1) onShown(attachment);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        entry.count -= 1;
        if (entry.count > 0 || entries.get(attachment.key) !== entry) return;
        entry.timer = setTimeout(() => onLeft(attachment), graceMs);
      };
    },
    shown: ({ key }) => (entries.get(key)?.count ?? 0) > 0,
    forget(key) {
      clearTimeout(entries.get(key)?.timer);
      entries.delete(key);
    },
    clear() {
      for (const { timer } of entries.values()) clearTimeout(timer);
      entries.clear();
    },
  };
}
