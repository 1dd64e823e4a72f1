import type { StreamHandle, StreamRecord } from '../../client.ts';
import type { DocumentChange, MarkdownSyntax } from '../../markdown/index.ts';
import { createModel, type Model } from './model.ts';
import { createParser, type Parser, type Parsing } from './parser.ts';

/** A stream's text as Markdown, parsed as it comes, whether it is on display or not. */
export interface StreamDocument {
  /** Replaced as a whole when the text begins anew, or was parsed anew. */
  readonly model: Model;
  /** Of the record that `model` belongs to. */
  readonly generation: number;
  /** UTF-16 code units of the text that are in `model`. */
  readonly length: number;
  /** Nothing in `model` changes any more. */
  readonly ended: boolean;
  /** No parser can be kept running. */
  readonly failed: boolean;
}

export interface DocumentReader {
  /** Operations have been folded in, or the model has been replaced. */
  onChange(): void;
  /** UTF-16 code units of the text that the reader is ready for; the reader who is ready for most counts. */
  limit(): number;
  /**
   * In a pause, how many of them are on display: it reads a document of its own, which others do not take further.
   * @default without end
   */
  readonly heldAt?: number;
}

export interface DocumentReference {
  readonly document: StreamDocument;
  /** The reader's limit has risen. */
  update(): void;
  release(): void;
}

/** What nobody reads is kept so long, for a panel that mounts again; what is final longer, up to so much text of all. */
const graceMs = 3000;
const maxIdleLength = 2_097_152;

interface Shared extends StreamDocument {
  readonly readers: Set<DocumentReader>;
  readonly reference: WeakRef<Shared>;
  /** While idle and not final. */
  timer: ReturnType<typeof setTimeout> | undefined;
  update(): void;
  close(): void;
  /** While idle: nobody finds it any more. */
  drop(): void;
}

const parsers = new Map<(() => Worker) | false | undefined, Parser>();
/** By record; those of readers who were held by handle. */
const shared = new WeakMap<StreamRecord | StreamHandle, Map<string, Shared>>();
/** Held weakly: with the stream's record, the document of a stream that is over and that nobody can come back to goes too. */
const idle = new Set<WeakRef<Shared>>();

/** One reference to the document of a stream; all of them read the same, but who is held. */
export function openDocument(
  handle: StreamHandle,
  syntax: MarkdownSyntax,
  worker: (() => Worker) | false | undefined,
  reader: DocumentReader,
): DocumentReference {
  const { heldAt = Number.POSITIVE_INFINITY } = reader;
  const owner = ownerOf(handle, heldAt);
  const known = shared.get(owner) ?? new Map<string, Shared>();
  shared.set(owner, known);
  const name = nameOf(syntax, heldAt);
  let document = known.get(name);
  if (document === undefined) {
    const parser = parsers.get(worker) ?? createParser(worker);
    parsers.set(worker, parser);
    document = createDocument(handle, syntax, parser, heldAt < Number.POSITIVE_INFINITY ? 0 : heldAt);
    known.set(name, document);
  }
  const own = document;
  idle.delete(own.reference);
  clearTimeout(own.timer);
  // Of its own, so that one reader who refers twice is told twice and leaves once.
  const entry: DocumentReader = { onChange: () => reader.onChange(), limit: () => reader.limit(), heldAt };
  own.readers.add(entry);
  return {
    document: own,
    update: own.update,
    release() {
      own.readers.delete(entry);
      if (own.readers.size === 0) retire(own, known, name);
    },
  };
}

/** Apart from `openDocument`, whose variables hold a reader, and with it a panel and its elements: what is idle must not. */
function retire(document: Shared, known: Map<string, Shared>, name: string): void {
  document.drop = () => {
    idle.delete(document.reference);
    document.close();
    if (known.get(name) === document) known.delete(name);
  };
  if (!document.ended) document.timer = setTimeout(document.drop, graceMs);
  idle.add(document.reference);
  trim();
}

/** The document, if somebody reads it or did so lately, and what it says is not behind the text. */
export function findDocument(
  handle: StreamHandle,
  syntax: MarkdownSyntax,
  heldAt: number = Number.POSITIVE_INFINITY,
): StreamDocument | undefined {
  const document = shared.get(ownerOf(handle, heldAt))?.get(nameOf(syntax, heldAt));
  return document?.generation === handle.record.generation && document.length > 0 ? document : undefined;
}

/** Lets go of what has been idle longest, as long as there is too much. */
function trim(): void {
  let length = 0;
  for (const reference of idle) {
    const document = reference.deref();
    if (document === undefined) idle.delete(reference);
    else length += document.length;
  }
  for (const reference of idle) {
    if (length <= maxIdleLength) return;
    const document = reference.deref();
    if (document === undefined) continue;
    clearTimeout(document.timer);
    length -= document.length;
    document.drop();
  }
}

function ownerOf(handle: StreamHandle, heldAt: number): StreamRecord | StreamHandle {
  return heldAt === Number.POSITIVE_INFINITY ? handle.record : handle;
}

function nameOf({ math = false }: MarkdownSyntax, heldAt: number): string {
  return `${math} ${heldAt}`;
}

/** `idleLimit`: of the text, while nobody reads it. */
function createDocument(handle: StreamHandle, syntax: MarkdownSyntax, parser: Parser, idleLimit: number): Shared {
  const { record } = handle;
  const readers = new Set<DocumentReader>();
  let current = empty();
  /** After a restart, until it says as much as what is on display. */
  let next: ReturnType<typeof empty> | undefined;
  let generation = record.generation;
  let failed = false;

  const tell = (): void => {
    for (const reader of readers) reader.onChange();
  };
  const fold = ({ ops, length, ended }: DocumentChange): void => {
    const target = next ?? current;
    target.model.fold(ops);
    target.length = length;
    target.ended = ended;
    if (next !== undefined && next.length >= current.length) {
      current = next;
      next = undefined;
    }
    tell();
  };

  const parsing: Parsing = parser.open({
    syntax,
    handle,
    text: () => record.text,
    limit: () => (readers.size === 0 ? idleLimit : Math.max(...Array.from(readers, (reader) => reader.limit()))),
    ended: () => record.summary.status !== 'pending' && record.summary.status !== 'streaming',
    onChange: fold,
    onRestart() {
      next = empty();
    },
    onFailed() {
      failed = true;
      tell();
    },
  });
  const unsubscribe = handle.subscribe(() => {
    if (record.generation === generation) {
      parsing.follow();
      return;
    }
    generation = record.generation;
    current = empty();
    next = undefined;
    parsing.restart();
    tell();
  });

  const document: Shared = {
    get model() {
      return current.model;
    },
    get length() {
      return current.length;
    },
    get ended() {
      return current.ended;
    },
    get generation() {
      return generation;
    },
    get failed() {
      return failed;
    },
    readers,
    get reference() {
      return reference;
    },
    timer: undefined,
    update: parsing.update,
    close() {
      unsubscribe();
      parsing.close();
    },
    drop() {},
  };
  const reference = new WeakRef(document);
  return document;
}

function empty(): { readonly model: Model; length: number; ended: boolean } {
  return { model: createModel(), length: 0, ended: false };
}
