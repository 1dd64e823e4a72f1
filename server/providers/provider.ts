import type { Json, StreamEvent } from '../../src/wire/index.ts';

/** One message of a conversation, in the form every provider can be given. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** What to generate. Exactly one of `prompt` and `messages`. */
export interface GenerationRequest {
  readonly model: string;
  /** Short for one user message. */
  readonly prompt?: string;
  readonly messages?: readonly Message[];
  /**
   * Passed on to the provider's request body as it is (`temperature`, `tools`, `max_tokens`, …), over the adapter's
   * own fields except `model`, the messages and `stream`.
   */
  readonly options?: { readonly [key: string]: Json };
}

/** Told what a generation's events do not say. */
export interface GenerationObserver {
  /** The upstream connection broke off, and the answer is read on where it did; or could not be, and ends with an error. */
  resumed(outcome: 'continued' | 'given-up'): void;
  /** The provider keeps the answer: `again` has it from its beginning by this id, also in another process. Told once at most. */
  kept?(id: string): void;
}

/**
 * An upstream API. Adapters are stateless; each call is one HTTP request, and further ones where an answer can be read on.
 *
 * Guarantees of both methods: the iterable yields no `start` twice, ends with exactly one terminal event and never
 * throws: every failure is an `error` event with a code of the table. After `signal` aborts, the upstream connection
 * is closed at once and the iterable ends without a further event.
 */
export interface Provider {
  readonly name: string;
  /** Why it cannot be used (a missing key or base URL), or `undefined` when it can. For people; names the variable to set. */
  readonly unavailable: string | undefined;
  /** Sends the request and reads the answer. */
  generate(request: GenerationRequest, signal: AbortSignal, observer?: GenerationObserver): AsyncIterable<StreamEvent>;
  /**
   * Reads an answer that the provider keeps, from its beginning, and then on; the same events as `generate` had of it. Absent where the
   * provider keeps none.
   */
  again?(id: string, model: string, signal: AbortSignal, observer?: GenerationObserver): AsyncIterable<StreamEvent>;
  /** Reads an answer an application fetched by itself. Errors of the status line become `error` events, too. */
  read(response: Response, signal: AbortSignal): AsyncIterable<StreamEvent>;
}
