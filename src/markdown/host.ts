import { createDocument, type MarkdownDocument } from './document.ts';
import type { DocumentChange, DocumentText, FromParser, HandedTexts, ToParser } from './messages.ts';
import { createPieces, type Pieces } from './pieces.ts';

/** The parser's end of the bridge: in a worker, or on the page where none can start. */
export interface ParserHost {
  /** Takes a message of the page. Never throws: what goes wrong is posted as `failure`. */
  receive(message: ToParser): void;
  /** Forgets every document. Final; nothing is posted afterwards. */
  close(): void;
}

/** What it needs of where it runs. */
export interface ParserEnvironment {
  /** Milliseconds since whenever; never jumps back. */
  now(): number;
  /** Makes a function that has `task` run soon, in a task of its own. */
  scheduler(task: () => void): { schedule(): void; close(): void };
}

/** One task parses no longer than this, but for the step it is in. */
export const longestTaskMs = 6;
/** A document's turn, while others wait for theirs. */
const longestTurnMs = 2;
/** Of so much text the answer comes in a moment: what it takes beyond that is waiting. UTF-16 code units. */
const quickLength = 8192;
/** Documents open at a time; more are refused. */
export const mostDocuments = 10_000;

interface Entry {
  readonly id: number;
  readonly document: MarkdownDocument;
  readonly pieces: Pieces;
  /** What the page has been told is not all. */
  missingAt: number;
}

/**
 * Makes a parser of many documents, which take turns. It posts `ready` in a microtask, and answers a `text` message from within
 * `receive` if that takes no longer than a task may.
 */
export function createParserHost(post: (message: FromParser) => void, environment: ParserEnvironment = platform): ParserHost {
  const { now } = environment;
  const documents = new Map<number, Entry>();
  /** With something to parse, the next one first. */
  const waiting = new Set<Entry>();
  /** A `text` message waits for its last answer. */
  let asked = false;
  /** Those it is about that have something to parse still. */
  const asking = new Set<Entry>();
  /** When what was handed over and is answered next began to wait. */
  let since: number | undefined;
  let scheduled = false;
  let closed = false;

  const fail = (error: unknown): void => post({ type: 'failure', message: error instanceof Error ? error.message : String(error) });

  const forget = (entry: Entry): void => {
    documents.delete(entry.id);
    waiting.delete(entry);
    asking.delete(entry);
  };

  const turn = (entry: Entry, deadline: number): DocumentChange | undefined => {
    waiting.delete(entry);
    const { ops, length, done } = entry.document.advance(() => now() >= deadline);
    if (!done) waiting.add(entry);
    else asking.delete(entry);
    const { ended, length: reach } = entry.pieces;
    if (ended && done) documents.delete(entry.id);
    return ops.length > 0 || done ? { document: entry.id, ops, length, reach, ended: ended && done } : undefined;
  };

  const work = (): void => {
    scheduled = false;
    if (closed) return;
    const end = now() + longestTaskMs;
    const changes: DocumentChange[] = [];
    for (const entry of waiting) {
      const deadline = waiting.size > 1 ? Math.min(end, now() + longestTurnMs) : end;
      try {
        const change = turn(entry, deadline);
        if (change) changes.push(change);
      } catch (error) {
        forget(entry);
        fail(error);
      }
      // Or one message holds enough.
      if (now() >= end || (waiting.has(entry) && now() < deadline)) break;
    }
    const last = asked && asking.size === 0;
    if (changes.length > 0 || last) post({ type: 'parsed', changes, last, since });
    if (last) asked = false;
    since = undefined;
    if (waiting.size > 0) plan();
  };

  const { schedule, close } = environment.scheduler(work);
  const plan = (): void => {
    if (!scheduled) schedule();
    scheduled = true;
  };

  /** `isOwn`: it comes from the page, which may have thought that nothing else is missing. Returns whom there is something to parse of. */
  const add = (piece: DocumentText, isOwn: boolean): Entry | undefined => {
    const entry = documents.get(piece.document);
    if (!entry || entry.pieces.ended) return undefined;
    if (!entry.pieces.add(piece)) {
      forget(entry);
      post({ type: 'lost', document: entry.id });
      return undefined;
    }
    const { length, ended, isMissing } = entry.pieces;
    if (isMissing && (isOwn || length !== entry.missingAt)) {
      entry.missingAt = length;
      post({ type: 'missing', document: entry.id, length });
    }
    if (ended) entry.document.end();
    waiting.add(entry);
    return entry;
  };

  const takeHanded = ({ since: handedAt, texts }: HandedTexts): void => {
    let length = 0;
    for (const piece of texts) {
      length += piece.text.length;
      add(piece, false);
    }
    if (length <= quickLength) since ??= handedAt;
    if (!scheduled) work();
  };

  const take = (message: ToParser): void => {
    switch (message.type) {
      case 'open':
        if (documents.size >= mostDocuments)
          throw new RangeError(`The parser has ${mostDocuments} open documents already; close some first.`);
        open(message.document, createDocument(message.syntax));
        break;
      case 'port':
        message.port.onmessage = ({ data }: MessageEvent<HandedTexts>) => attempt(() => takeHanded(data));
        break;
      case 'close': {
        const entry = documents.get(message.document);
        if (entry) forget(entry);
        break;
      }
      case 'text':
        asked = true;
        for (const piece of message.texts) {
          const entry = add(piece, true);
          if (entry) asking.add(entry);
        }
        if (!scheduled) work();
        break;
    }
  };

  const open = (id: number, document: MarkdownDocument): void => {
    documents.set(id, { id, document, pieces: createPieces((text) => document.append(text)), missingAt: -1 });
  };
  const attempt = (task: () => void): void => {
    if (closed) return;
    try {
      task();
    } catch (error) {
      fail(error);
    }
  };

  queueMicrotask(() => {
    if (!closed) post({ type: 'ready' });
  });
  return {
    receive(message) {
      attempt(() => take(message));
    },
    close() {
      closed = true;
      documents.clear();
      waiting.clear();
      asking.clear();
      close();
    },
  };
}

const platform: ParserEnvironment = {
  now: () => performance.now(),
  /** By message: a timer would be clamped to four milliseconds. */
  scheduler(task) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = task;
    return {
      schedule: () => port2.postMessage(undefined),
      close: () => port1.close(),
    };
  },
};
