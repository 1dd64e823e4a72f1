import type { RelayCore } from '../../server/relay/relay.ts';
import type { Connection, Delivery, Peer } from '../../server/transports/peer.ts';
import {
  type ClientFrame,
  concatBytes,
  decodeServerMessage,
  encodeBatchesHeader,
  encodeClientFrame,
  type LogEntry,
  PROTOCOL_VERSION,
  type ServerFrame,
  type StreamError,
} from '../../src/wire/index.ts';

/** A peer in memory, for what the relay decides before any socket: it keeps every frame it is sent. */
export class MemoryPeer implements Peer {
  readonly transport = 'websocket' as const;
  bufferedBytes = 0;
  readonly frames: ServerFrame[] = [];
  /** Messages as they would leave: control messages, and one for each delivery. */
  readonly messages: Uint8Array[] = [];
  readonly batches: Uint8Array[] = [];
  readonly released: number[] = [];
  closedWith: StreamError | undefined;
  isClosed = false;
  readonly #connection: Connection;

  constructor(core: RelayCore) {
    this.#connection = core.accept(this, { transport: 'websocket', headers: new Headers(), origin: undefined, remoteAddress: '127.0.0.1' });
  }

  send(message: Uint8Array): void {
    this.messages.push(message);
    this.frames.push(...decodeServerMessage(message));
  }

  deliver(deliveries: readonly Delivery[]): void {
    const chunks = deliveries.flatMap(({ subscription, batches }) => [encodeBatchesHeader(subscription, batches.length), ...batches]);
    for (const { batches } of deliveries) this.batches.push(...batches);
    this.send(concatBytes(chunks));
  }

  release(subscription: number): void {
    this.released.push(subscription);
  }

  close(reason?: StreamError): void {
    this.isClosed = true;
    this.closedWith = reason;
  }

  /** Sends frames as one message of the client. */
  say(...frames: ClientFrame[]): void {
    this.#connection.receive(concatBytes(frames.map(encodeClientFrame)));
  }

  receive(message: Uint8Array): void {
    this.#connection.receive(message);
  }

  hello(credit = 1_000_000, credentials?: string): void {
    this.say(
      credentials === undefined
        ? { type: 'hello', protocol: PROTOCOL_VERSION, credit }
        : { type: 'hello', protocol: PROTOCOL_VERSION, credit, credentials },
    );
  }

  subscribe(subscription: number, channel: string, cursor: { epoch?: string; afterSeq?: number; credit?: number } = {}): void {
    this.say({
      type: 'subscribe',
      subscription,
      channel,
      epoch: cursor.epoch,
      afterSeq: cursor.afterSeq ?? 0,
      credit: cursor.credit ?? 1_000_000,
    });
  }

  drained(): void {
    this.#connection.drained();
  }

  leave(): void {
    this.#connection.closed();
  }

  of<T extends ServerFrame['type']>(type: T): (ServerFrame & { type: T })[] {
    return this.frames.filter((frame): frame is ServerFrame & { type: T } => frame.type === type);
  }

  entries(subscription: number): LogEntry[] {
    return this.of('batches').flatMap((frame) =>
      frame.subscription === subscription ? frame.batches.flatMap((batch) => batch.entries) : [],
    );
  }

  text(subscription: number): string {
    return this.entries(subscription)
      .map(({ event }) => (event.type === 'text' ? event.delta : ''))
      .join('');
  }

  /** Whether the terminal event has arrived. */
  ended(subscription: number): boolean {
    return this.entries(subscription).some(({ event }) => event.type === 'finish' || event.type === 'error' || event.type === 'stopped');
  }
}
