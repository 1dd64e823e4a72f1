import type { DocumentText, HandedTexts } from '../markdown/index.ts';
import type { StreamChange, TapMessage } from './messages.ts';

interface Tap {
  readonly message: TapMessage;
  /** Last `seq` that has been handed over, and how many UTF-16 code units of text there were by then. */
  seq: number;
  offset: number;
}

/** Ports kept: a page has one parser, rarely two, and now and then another in the place of one that died. */
const mostPorts = 16;

/**
 * Gives the text of streams that are shown as Markdown to their parser over a port of its own, at the moment the patch leaves
 * (docs/PROTOCOL.md, UI43). A change says which taps have got all of it: whatever it does not say the page gives the parser itself.
 */
export class Taps {
  readonly #ports = new Map<number, MessagePort>();
  readonly #taps = new Map<number, Set<Tap>>();

  open(message: TapMessage): void {
    const { key, channel, port, seq, offset } = message;
    if (port !== undefined) {
      this.#ports.set(channel, port);
      for (const [oldest, unused] of this.#ports) {
        if (this.#ports.size <= mostPorts) break;
        unused.close();
        this.#ports.delete(oldest);
      }
    }
    const taps = this.#taps.get(key) ?? new Set();
    this.#taps.set(key, taps.add({ message, seq, offset }));
  }

  close(key: number, tap: number): void {
    const taps = this.#taps.get(key);
    for (const one of taps ?? []) if (one.message.tap === tap) taps?.delete(one);
    if (taps?.size === 0) this.#taps.delete(key);
  }

  /** The stream is left. */
  forget(key: number): void {
    this.#taps.delete(key);
  }

  /** Marks what a patch is about to take to the page. The function hands it over. */
  mark(changes: readonly StreamChange[], nowMs: number): { readonly changes: readonly StreamChange[]; hand(): void } {
    if (this.#taps.size === 0) return { changes, hand() {} };
    const texts = new Map<MessagePort, DocumentText[]>();
    return {
      changes: changes.map((change) => this.#take(change, texts)),
      hand() {
        for (const [port, handed] of texts) port.postMessage({ since: nowMs, texts: handed } satisfies HandedTexts);
      },
    };
  }

  #take(change: StreamChange, texts: Map<MessagePort, DocumentText[]>): StreamChange {
    const taps = this.#taps.get(change.key);
    if (taps === undefined) return change;
    const handed: number[] = [];
    const ended = change.status !== undefined;
    let text = '';
    for (const { event } of change.entries) if (event.type === 'text') text += event.delta;
    for (const tap of taps) {
      const { document, channel, epoch } = tap.message;
      const port = this.#ports.get(channel);
      // Of another text, or not what follows: the page begins anew, and asks again.
      const follows = change.reset === undefined && change.gone !== true && change.epoch === epoch;
      if (!follows || port === undefined || change.entries[0]?.fromSeq !== tap.seq + 1) {
        taps.delete(tap);
        continue;
      }
      if (text !== '' || ended) {
        const own = texts.get(port) ?? [];
        texts.set(port, own);
        own.push({ document, offset: tap.offset, text, ended });
      }
      tap.seq = change.entries.at(-1)?.seq ?? tap.seq;
      tap.offset += text.length;
      handed.push(tap.message.tap);
    }
    if (ended || taps.size === 0) this.#taps.delete(change.key);
    return handed.length === 0 ? change : { ...change, handed };
  }
}
