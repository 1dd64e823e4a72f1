import { createDocument, type MarkdownDocument } from './document.ts';
import type { DocumentChange, FromParser, ToParser } from './messages.ts';

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
/** Documents open at a time; more are refused. */
export const mostDocuments = 10_000;

interface Entry {
  readonly id: number;
  readonly document: MarkdownDocument;
  ended: boolean;
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
  let scheduled = false;
  let closed = false;

  const fail = (error: unknown): void => post({ type: 'failure', message: error instanceof Error ? error.message : String(error) });

  const turn = (entry: Entry, deadline: number): DocumentChange | undefined => {
    waiting.delete(entry);
    const { ops, length, done } = entry.document.advance(() => now() >= deadline);
    if (!done) waiting.add(entry);
    const ended = entry.ended && done;
    if (ended) documents.delete(entry.id);
    return ops.length > 0 || done ? { document: entry.id, ops, length, ended } : undefined;
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
        documents.delete(entry.id);
        waiting.delete(entry);
        fail(error);
      }
      if (now() >= end) break;
    }
    const last = waiting.size === 0;
    if (changes.length > 0 || (last && asked)) post({ type: 'parsed', changes, last });
    if (last) asked = false;
    else plan();
  };

  const { schedule, close } = environment.scheduler(work);
  const plan = (): void => {
    if (!scheduled) schedule();
    scheduled = true;
  };

  const take = (message: ToParser): void => {
    switch (message.type) {
      case 'open':
        if (documents.size >= mostDocuments)
          throw new RangeError(`The parser has ${mostDocuments} open documents already; close some first.`);
        documents.set(message.document, { id: message.document, document: createDocument(message.syntax), ended: false });
        break;
      case 'close': {
        const entry = documents.get(message.document);
        if (entry) waiting.delete(entry);
        documents.delete(message.document);
        break;
      }
      case 'text':
        asked = true;
        for (const { document, text, ended } of message.texts) {
          const entry = documents.get(document);
          if (!entry || entry.ended) continue;
          entry.document.append(text);
          entry.ended = ended;
          if (ended) entry.document.end();
          waiting.add(entry);
        }
        if (!scheduled) work();
        break;
    }
  };

  queueMicrotask(() => {
    if (!closed) post({ type: 'ready' });
  });
  return {
    receive(message) {
      if (closed) return;
      try {
        take(message);
      } catch (error) {
        fail(error);
      }
    },
    close() {
      closed = true;
      documents.clear();
      waiting.clear();
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
