import { createHost, type Host } from '../../client/host.ts';
import type { TextLog } from '../../client.ts';
import type { DocumentChange, DocumentText, FromParser, MarkdownSyntax, ToParser } from '../../markdown/index.ts';
import { answered } from './cadence.ts';

/** What the parser reads: a text that grows, at its own pace. */
export interface ParserSource {
  readonly syntax: MarkdownSyntax;
  text(): TextLog;
  /** UTF-16 code units that may be parsed. */
  limit(): number;
  /** Whether nothing follows the text there is. */
  ended(): boolean;
  onChange(change: DocumentChange): void;
  /** Everything is parsed anew, from the beginning: what `onChange` told so far is void. */
  onRestart(): void;
  /** Nothing more will be parsed. Final. */
  onFailed(): void;
}

export interface Parsing {
  /** There is more text, or it has ended. Cheap; what comes within one task is read together. */
  update(): void;
  /** From the beginning: the text is another. */
  restart(): void;
  close(): void;
}

/**
 * The parser of a page: however many texts there are, at most one message with text is unanswered, and what arrives
 * meanwhile stays where it is. Lives in a worker, which is replaced when it dies; on the page where none can start.
 */
export interface Parser {
  open(source: ParserSource): Parsing;
}

/** A message of so much text is parsed in a moment: what its answer takes is waiting. UTF-16 code units. */
const quickLength = 8192;

/** Of one text in one message, so that none waits long for the others. UTF-16 code units. */
const pieceLength = 65_536;

interface Entry {
  readonly source: ParserSource;
  document: number;
  /** UTF-16 code units sent. */
  sent: number;
  /** The end has been sent. */
  ended: boolean;
  isOpen: boolean;
}

/** `worker`: as in the options of the receiver. `onAnswer`: so long an answer came after what was asked, and had not to be worked for. */
export function createParser(
  worker: (() => Worker) | false | undefined,
  onAnswer: (waitMs: number, texts: number) => void = answered,
): Parser {
  const entries = new Map<number, Entry>();
  const waiting = new Set<Entry>();
  let documents = 0;
  let isRunning = false;
  let isAnswered = true;
  let askedAt: number | undefined;
  let isPumping = false;
  let failed = false;

  const pump = (): void => {
    isPumping = false;
    if (!isRunning || !isAnswered || waiting.size === 0) return;
    const texts: DocumentText[] = [];
    for (const entry of waiting) {
      const text = next(entry);
      if (text === undefined) waiting.delete(entry);
      else texts.push(text);
    }
    if (texts.length === 0) return;
    isAnswered = false;
    askedAt = texts.reduce((length, { text }) => length + text.length, 0) > quickLength ? undefined : performance.now();
    host.post({ type: 'text', texts });
  };
  const request = (entry: Entry): void => {
    waiting.add(entry);
    if (isPumping) return;
    isPumping = true;
    queueMicrotask(pump);
  };

  /** What of a text is to be parsed next; `undefined` when nothing is. */
  const next = (entry: Entry): DocumentText | undefined => {
    const { source, document } = entry;
    if (entry.ended) return undefined;
    const text = source.text();
    const end = Math.min(source.limit(), text.length);
    const piece = end > entry.sent ? text.from(entry.sent).slice(0, Math.min(pieceLength, end - entry.sent)) : '';
    const ended = source.ended() && entry.sent + piece.length === text.length;
    if (piece === '' && !ended) return undefined;
    if (!entry.isOpen) host.post({ type: 'open', document, syntax: source.syntax });
    entry.isOpen = true;
    entry.sent += piece.length;
    entry.ended = ended;
    return { document, text: piece, ended };
  };

  /** Under a new number: answers to the old one are nobody's. */
  const begin = (entry: Entry): void => {
    documents += 1;
    entry.document = documents;
    entry.sent = 0;
    entry.ended = false;
    entry.isOpen = false;
    entries.set(documents, entry);
    request(entry);
  };
  const end = (entry: Entry): void => {
    if (entry.isOpen) host.post({ type: 'close', document: entry.document });
    entry.isOpen = false;
    entries.delete(entry.document);
    waiting.delete(entry);
  };

  const receive = ({ changes, last }: Extract<FromParser, { type: 'parsed' }>): void => {
    for (const change of changes) {
      const entry = entries.get(change.document);
      entry?.source.onChange(change);
      if (change.ended && entry !== undefined) end(entry);
    }
    if (!last) return;
    isAnswered = true;
    if (askedAt !== undefined) onAnswer(performance.now() - askedAt, entries.size);
    pump();
  };

  const host: Host<ToParser> = createHost<ToParser, FromParser>({
    worker: worker ?? (typeof Worker !== 'undefined' && packageWorker),
    async inline(onMessage) {
      const { createParserHost } = await import('../../markdown/host.ts');
      const parser = createParserHost(onMessage);
      // In a task of its own: a parser that answers at once would be asked again at once, and the page would stand still.
      return { post: (message) => void setTimeout(() => parser.receive(message)), close: () => parser.close() };
    },
    onOpen() {
      isRunning = true;
      isAnswered = true;
      for (const entry of [...entries.values()]) {
        if (entry.isOpen) {
          entries.delete(entry.document);
          entry.source.onRestart();
          begin(entry);
        } else request(entry);
      }
    },
    onMessage: receive,
    onFailed(error) {
      console.error(error);
      failed = true;
      isRunning = false;
      const all = [...entries.values()];
      entries.clear();
      waiting.clear();
      for (const { source } of all) source.onFailed();
    },
    words: { name: 'The Markdown parser', consequence: 'Answers are shown as plain text; reload the page.' },
  });

  return {
    open(source) {
      const entry: Entry = { source, document: 0, sent: 0, ended: false, isOpen: false };
      if (failed) queueMicrotask(() => source.onFailed());
      else {
        begin(entry);
        host.start();
      }
      return {
        update: () => {
          if (entries.get(entry.document) === entry) request(entry);
        },
        restart() {
          end(entry);
          if (!failed) begin(entry);
        },
        close: () => end(entry),
      };
    },
  };
}

/** Bundlers look for exactly this expression: they build `markdown.js` beside this module, and put its address here. */
function packageWorker(): Worker {
  return new Worker(new URL('./markdown.js', import.meta.url), { type: 'module' });
}
