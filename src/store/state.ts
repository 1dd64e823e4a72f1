import type { Json, StreamStatus } from '../wire/index.ts';
import type { ConnectionMessage } from '../worker/messages.ts';

/** What the zustand store holds: what changes rarely. A new object for each change. */
export interface SluiceState {
  readonly connection: Omit<ConnectionMessage, 'type' | 'remember'>;
  /** By key, in order of attachment. */
  readonly streams: ReadonlyMap<number, StreamSummary>;
}

/** What is rare about a stream. A new object for each change, so that selectors can compare by identity. */
export interface StreamSummary {
  readonly key: number;
  /** Id at the relay; `undefined` before it is known, and for local sources. */
  readonly id: string | undefined;
  readonly status: StreamStatus;
  /** Empty before the first entry. */
  readonly epoch: string;
  readonly provider: string;
  readonly model: string;
  readonly error:
    | { readonly code: string; readonly message: string; readonly retryable: boolean; readonly retryAfterMs?: number }
    | undefined;
  readonly finishReason: string | undefined;
}

/**
 * One stream's content, mutable and append-only within an epoch. Applying a patch costs O(what arrived).
 */
export interface StreamRecord {
  readonly key: number;
  summary: StreamSummary;
  /** Last `seq` folded in. */
  seq: number;
  /** Counts resets: parts of another generation are other parts. */
  generation: number;
  /** In order of first appearance; identities are stable within a generation. */
  readonly parts: readonly Part[];
  /** All text parts together, for display: appended as it arrives. */
  readonly text: TextLog;
  usage:
    | {
        readonly inputTokens: number;
        readonly outputTokens: number;
        readonly reasoningTokens?: number;
        readonly cachedInputTokens?: number;
      }
    | undefined;
  /**
   * Of the latest change: another list for each.
   * @internal not in the published types
   */
  handed?: readonly number[] | undefined;
  /** Text deltas folded in so far (merged ones count for what they cover): an estimate of tokens. */
  deltas: number;
  /** `performance.now()` of the attachment, of the first text, and of the end; 0 while unknown. */
  attachedAt: number;
  firstTextAt: number;
  endedAt: number;
}

export type Part =
  | { readonly type: 'text' | 'reasoning'; readonly part: string; readonly text: TextLog }
  | {
      readonly type: 'tool';
      readonly part: string;
      readonly name: string;
      readonly executedBy: 'provider' | 'client';
      readonly args: TextLog;
      result?: Json;
      isError?: boolean;
    }
  | { readonly type: 'source'; readonly part: string; readonly url: string; readonly title?: string; readonly quote?: string }
  | { readonly type: 'file'; readonly part: string; readonly mediaType: string; readonly url?: string; readonly bytes?: Uint8Array }
  | { readonly type: 'data'; readonly part: string; readonly name: string; readonly value: Json };

/** Append-only text. Appending is O(delta); reading from near the end is O(what is read), never O(length). */
export interface TextLog {
  /** UTF-16 code units. */
  readonly length: number;
  /** The text from `offset` to the end. */
  from(offset: number): string;
  /** The whole text; O(length), remembered until the next append. */
  toString(): string;
}
