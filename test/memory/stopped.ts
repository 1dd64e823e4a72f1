import { ALL, firstCredit, openReader, type RawReader, type TransportName } from './reader.ts';

/** A third of what the relay waits for. */
const PONG_MS = 8_000;

/** Reads what the first credit allows and stops there, on as many connections as it takes: an SSE response lasts a minute. */
export class StalledReader {
  connections = 1;
  #reader: RawReader;
  readonly #transport: TransportName;
  readonly #url: string;
  readonly #pongs: NodeJS.Timeout;
  #channel = '';
  #epoch: string | undefined;
  #text = '';
  #seq = 0;
  #credit = firstCredit;
  #over = false;

  constructor(reader: RawReader, transport: TransportName, url: string) {
    this.#reader = reader;
    this.#transport = transport;
    this.#url = url;
    this.#pongs = setInterval(() => this.#reader.send({ type: 'pong', nonce: 0 }), PONG_MS);
  }

  subscribe(channel: string): void {
    this.#channel = channel;
    this.#ask();
    void this.#again();
  }

  /** Grants everything. The whole text, once it has ended. */
  async rest(): Promise<string> {
    this.#credit = { connection: ALL, channel: ALL };
    this.#reader.send({ type: 'credit', connectionLimit: ALL, grants: [{ subscription: 1, limit: ALL, appliedSeq: 0 }] });
    for (;;) {
      const { inbox } = this.#reader;
      await inbox.until(() => inbox.isDone(1)).catch(() => {});
      if (!inbox.isDone(1)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      this.#over = true;
      clearInterval(this.#pongs);
      this.#keep();
      this.#reader.close();
      return this.#text;
    }
  }

  #ask(): void {
    const epoch = this.#epoch === undefined ? {} : { epoch: this.#epoch };
    this.#reader.send({
      type: 'subscribe',
      subscription: 1,
      channel: this.#channel,
      afterSeq: this.#seq,
      credit: this.#credit.channel,
      ...epoch,
    });
  }

  /** Takes over what came on this connection. */
  #keep(): void {
    const { inbox } = this.#reader;
    const answer = inbox.of('subscribed')[0];
    this.#epoch = answer?.epoch ?? this.#epoch;
    if (answer?.answer === 'reset') this.#text = '';
    this.#text += inbox.text(1);
    this.#seq = Math.max(this.#seq, inbox.seq(1));
  }

  async #again(): Promise<void> {
    for (;;) {
      await this.#reader.inbox.ended();
      if (this.#over) return;
      this.#keep();
      this.#reader = await openReader(this.#transport, this.#url, this.#credit.connection);
      this.connections += 1;
      this.#ask();
    }
  }
}
