import { type Batch, type BatchesFrame, decodeServerMessage, type LogEntry, type ServerFrame } from '../../src/wire/index.ts';

/** How a connection ended, as far as its transport tells. */
export interface Ending {
  readonly code: number | undefined;
  readonly reason: string;
}

/** Everything a client has received, and waiting for more of it. */
export class Inbox {
  readonly frames: ServerFrame[] = [];
  /** Whole messages, as they came. */
  messages = 0;
  ending: Ending | undefined;
  #waiting: (() => void)[] = [];

  receive(message: Uint8Array): void {
    this.messages += 1;
    this.frames.push(...decodeServerMessage(message));
    this.#wake();
  }

  end(ending: Ending): void {
    this.ending ??= ending;
    this.#wake();
  }

  /** Resolves once the condition holds, which is looked at after every message and at the end. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.ending !== undefined)
        throw new Error(`The connection ended before: ${JSON.stringify({ ...this.ending, frames: this.frames.slice(-3) })}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The first frame of a type, awaited. */
  async first<T extends ServerFrame['type']>(type: T): Promise<ServerFrame & { type: T }> {
    await this.until(() => this.of(type).length > 0);
    return this.of(type)[0] as ServerFrame & { type: T };
  }

  async ended(): Promise<Ending> {
    while (this.ending === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.ending;
  }

  of<T extends ServerFrame['type']>(type: T): (ServerFrame & { type: T })[] {
    return this.frames.filter((frame): frame is ServerFrame & { type: T } => frame.type === type);
  }

  /** A snapshot, which begins anew, takes the place of what was there. */
  entries(subscription: number): LogEntry[] {
    let entries: LogEntry[] = [];
    for (const frame of this.of('batches')) {
      if (frame.subscription !== subscription) continue;
      for (const batch of frame.batches) entries = batch.fromSeq === 1 ? [...batch.entries] : [...entries, ...batch.entries];
    }
    return entries;
  }

  text(subscription: number): string {
    return this.entries(subscription)
      .map(({ event }) => (event.type === 'text' ? event.delta : ''))
      .join('');
  }

  /** Last `seq` received, 0 for none. */
  seq(subscription: number): number {
    return this.#lastBatch(subscription)?.toSeq ?? 0;
  }

  /** Whether the terminal event has arrived. */
  isDone(subscription: number): boolean {
    const last = this.#lastBatch(subscription)?.entries.at(-1)?.event.type;
    return last === 'finish' || last === 'error' || last === 'stopped';
  }

  #lastBatch(subscription: number): Batch | undefined {
    return this.frames
      .findLast(
        (frame): frame is BatchesFrame => frame.type === 'batches' && frame.subscription === subscription && frame.batches.length > 0,
      )
      ?.batches.at(-1);
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
