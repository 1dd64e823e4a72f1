import { createHost, type Host } from '../../client/host.ts';
import type { StreamHandle, TextLog } from '../../client.ts';
import type { DocumentChange, DocumentText, FromParser, MarkdownSyntax, ToParser } from '../../markdown/index.ts';
import { answered } from './cadence.ts';
import { createTaps, type Tap } from './tap.ts';

/** What the parser reads: a text that grows, at its own pace. */
export interface ParserSource {
  readonly syntax: MarkdownSyntax;
  /** Whose text it is: its receiver can hand it to the parser. */
  readonly handle?: StreamHandle;
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
  /** Likewise; called as the store's listener. */
  follow(): void;
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
  /** UTF-16 code units parsed; -1 before the parser knows the text. */
  parsed: number;
  tap: Tap | undefined;
  /** Of text that is not in the store yet. */
  held: DocumentChange[];
  /** The end has been sent. */
  ended: boolean;
  /** Its receiver may hand it over: it has not gone wrong. */
  isTappable: boolean;
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
  /** Not where the page parses: it would be handed more than it takes. */
  let isTappable = true;

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
    const { tap } = entry;
    if (tap !== undefined && entry.sent >= tap.from) entry.sent = Math.max(entry.sent, tap.to);
    const end = Math.min(source.limit(), tap !== undefined && entry.sent < tap.from ? tap.from : text.length);
    const piece = end > entry.sent ? text.from(entry.sent).slice(0, Math.min(pieceLength, end - entry.sent)) : '';
    const offset = entry.sent;
    const ended = source.ended() && offset + piece.length === text.length;
    if (piece === '' && !ended) return undefined;
    if (!entry.isOpen) host.post({ type: 'open', document, syntax: source.syntax });
    entry.isOpen = true;
    entry.sent += piece.length;
    entry.ended = ended;
    return { document, offset, text: piece, ended };
  };

  /** Under a new number: answers to the old one are nobody's. */
  const begin = (entry: Entry): void => {
    documents += 1;
    untap(entry);
    entry.document = documents;
    entry.sent = 0;
    entry.parsed = -1;
    entry.held = [];
    entry.ended = false;
    entry.isOpen = false;
    entries.set(documents, entry);
    request(entry);
  };
  const end = (entry: Entry): void => {
    if (entry.isOpen) host.post({ type: 'close', document: entry.document });
    entry.isOpen = false;
    untap(entry);
    entries.delete(entry.document);
    waiting.delete(entry);
  };
  const restart = (entry: Entry): void => {
    end(entry);
    entry.source.onRestart();
    begin(entry);
  };
  const lose = (entry: Entry): void => {
    entry.isTappable = false;
    restart(entry);
  };

  const fold = (entry: Entry, change: DocumentChange): void => {
    entry.source.onChange(change);
    if (change.ended) end(entry);
  };
  /** What is known of more text than the store has waits for it: the two come over different ways. */
  const isAhead = ({ source }: Entry, { reach, ended }: DocumentChange): boolean =>
    reach > source.text().length || (ended && !source.ended());
  const settle = (entry: Entry): void => {
    for (let [change] = entry.held; change !== undefined && !isAhead(entry, change); [change] = entry.held) {
      entry.held.shift();
      fold(entry, change);
    }
    // The store has ended before: what was handed over is of a text that nobody will see.
    if (entry.held.length > 0 && entry.source.ended()) lose(entry);
  };

  const untap = (entry: Entry): void => {
    entry.tap?.close();
    entry.tap = undefined;
  };
  /** Takes note of what was handed to the parser; has the next be handed to it, if it can and should. */
  const followTap = (entry: Entry): boolean => {
    const { source, tap } = entry;
    const { length } = source.text();
    const handed = tap?.follow() === true;
    if (tap !== undefined && entry.sent >= tap.from) entry.sent = Math.max(entry.sent, tap.to);
    const isBehind = length - Math.max(entry.parsed, 0) > pieceLength || length - entry.sent > pieceLength;
    const wants =
      isTappable &&
      entry.isTappable &&
      isRunning &&
      entry.parsed >= 0 &&
      !isBehind &&
      !source.ended() &&
      source.limit() === Number.POSITIVE_INFINITY;
    if (!(handed && wants)) untap(entry);
    if (entry.tap === undefined && wants && source.handle !== undefined) entry.tap = taps.open(source.handle, entry.document);
    return handed && entry.sent === length && !source.ended();
  };

  const receive = (message: Exclude<FromParser, { type: 'ready' | 'failure' }>): void => {
    if (message.type !== 'parsed') {
      const entry = entries.get(message.document);
      if (entry === undefined) return;
      if (message.type === 'lost') lose(entry);
      // What is not sent yet may be what is missing. If not, it is said again when that has come.
      else if (entry.tap === undefined || entry.sent >= entry.tap.from) {
        untap(entry);
        entry.sent = Math.min(entry.sent, message.length);
        entry.ended = false;
        request(entry);
      }
      return;
    }
    const { changes, last, since } = message;
    if (since !== undefined) onAnswer(Math.max(0, performance.timeOrigin + performance.now() - since), entries.size);
    for (const change of changes) {
      const entry = entries.get(change.document);
      if (entry === undefined) continue;
      entry.parsed = change.length;
      entry.held.push(change);
      settle(entry);
    }
    if (!last) return;
    isAnswered = true;
    if (askedAt !== undefined) onAnswer(performance.now() - askedAt, entries.size);
    pump();
  };

  const host: Host<ToParser> = createHost<ToParser, FromParser>({
    worker: worker ?? (typeof Worker !== 'undefined' && packageWorker),
    async inline(onMessage) {
      isTappable = false;
      const { createParserHost } = await import('../../markdown/host.ts');
      const parser = createParserHost(onMessage);
      // In a task of its own: a parser that answers at once would be asked again at once, and the page would stand still.
      return { post: (message) => void setTimeout(() => parser.receive(message)), close: () => parser.close() };
    },
    onOpen() {
      isRunning = true;
      isAnswered = true;
      taps.clear();
      for (const entry of [...entries.values()]) {
        if (entry.isOpen) restart(entry);
        else request(entry);
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

  const taps = createTaps(host.post);

  return {
    open(source) {
      const entry: Entry = {
        source,
        document: 0,
        sent: 0,
        parsed: -1,
        tap: undefined,
        held: [],
        ended: false,
        isTappable: true,
        isOpen: false,
      };
      if (failed) queueMicrotask(() => source.onFailed());
      else {
        begin(entry);
        host.start();
      }
      return {
        update: () => {
          if (entries.get(entry.document) === entry) request(entry);
        },
        follow() {
          if (entries.get(entry.document) !== entry) return;
          settle(entry);
          if (entries.get(entry.document) === entry && !followTap(entry)) request(entry);
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
