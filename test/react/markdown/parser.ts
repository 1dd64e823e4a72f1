import type { Block, BlockKey, BlockOp, FromParser, HandedTexts, Segment, ToParser } from '../../../src/markdown/index.ts';

/** In place of the parser's worker: a test says what each text means. */
export class ManualParser {
  onmessage: ((event: { data: FromParser }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  onmessageerror: (() => void) | null = null;
  terminated = false;
  readonly received: ToParser[] = [];
  readonly #lengths = new Map<number, { length: number; ended: boolean }>();

  constructor() {
    queueMicrotask(() => this.#post({ type: 'ready' }));
  }

  /** Texts it has been given, by the page or the receiver, by document. */
  get texts(): string[] {
    const texts = new Map<number, string>();
    for (const message of this.received) {
      if (message.type !== 'text') continue;
      for (const { document, offset, text } of message.texts) texts.set(document, (texts.get(document) ?? '').slice(0, offset) + text);
    }
    return [...texts.values()];
  }

  /** The document opened last. */
  get document(): number {
    return Math.max(0, ...this.#lengths.keys());
  }

  postMessage(message: ToParser): void {
    this.received.push(message);
    if (message.type === 'port')
      message.port.onmessage = ({ data }: MessageEvent<HandedTexts>) => this.postMessage({ type: 'text', texts: data.texts });
    if (message.type === 'open') this.#lengths.set(message.document, { length: 0, ended: false });
    if (message.type !== 'text') return;
    for (const { document, offset, text, ended } of message.texts) {
      const known = this.#lengths.get(document);
      if (known === undefined) continue;
      known.length = Math.max(known.length, offset + text.length);
      known.ended ||= ended;
    }
  }

  terminate(): void {
    this.terminated = true;
  }

  crash(): void {
    this.onerror?.({ message: 'out of memory' });
  }

  /** What all the text so far has added to a document. */
  answer(ops: readonly BlockOp[], document: number = this.document): void {
    const { length, ended } = this.#lengths.get(document) ?? { length: 0, ended: false };
    this.#post({ type: 'parsed', changes: [{ document, ops, length, reach: length, ended }], last: true });
  }

  #post(message: FromParser): void {
    this.onmessage?.({ data: structuredClone(message) });
  }
}

export const open = (key: BlockKey, block: Block, parent: BlockKey = 0): BlockOp => ({ type: 'open', key, parent, block });
export const close = (key: BlockKey): BlockOp => ({ type: 'close', key });
export const append = (key: BlockKey, text: string): BlockOp => ({ type: 'append', key, text });
export const inline = (key: BlockKey, from: number, ...segments: Segment[]): BlockOp => ({ type: 'inline', key, from, segments });
export const words = (text: string): Segment => [{ type: 'text', text }];
/** A paragraph, its key, and its text. */
export const paragraph = (key: BlockKey, text: string, parent: BlockKey = 0): BlockOp[] => [
  open(key, { type: 'paragraph' }, parent),
  inline(key, 0, words(text)),
];
