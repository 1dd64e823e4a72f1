import { encodeServerFrame, errorTable, StreamError, toStreamError, wireLimits } from '../../src/wire/index.ts';
import { composeMessage } from './compose.ts';
import { frameMessage, LENGTH_BYTES, MessageReader } from './framing.ts';
import type { Accept, ConnectionRequest, Delivery, Peer } from './peer.ts';
import type { QuicSession } from './quic.ts';
import { MAX_UNSENT_BYTES } from './refusal.ts';
import { SendStream } from './send-stream.ts';

/** Where WebTransport clients connect (docs/PROTOCOL.md, CN12). */
export const WEBTRANSPORT_PATH = '/v1/webtransport';

/**
 * Browsers allow about a hundred streams at once. Subscriptions beyond this number have their batches on the
 * control stream, since a stream that cannot open would hold its bytes for ever.
 */
const MAX_STREAMS = 90;
/** Between the last message and the session's end, which overtakes what is still on its way. */
const CLOSE_LINGER_MS = 100;

/** Serves one session until it ends. */
export function serveSession(session: QuicSession, request: ConnectionRequest, accept: Accept): void {
  const control = new SendStream();
  const peer = new WebTransportPeer(session, control, () => connection.drained());
  const connection = accept(peer, request);
  void session.closed
    .catch(() => {})
    .then(() => {
      peer.ended();
      connection.closed();
    });
  void discard(session.incomingUnidirectionalStreams);
  void readControl(session, control, (message) => connection.receive(message)).catch((cause: unknown) =>
    connection.end(toStreamError(cause, 'bad_frame')),
  );
}

/** The end of a client that is not served. */
export function refuseSession(session: QuicSession, error: StreamError): void {
  session.closed.catch(() => {});
  session.close({ closeCode: errorTable[error.code].close, reason: error.code });
}

/** Reads the first bidirectional stream to its end; turns away all others. */
async function readControl(session: QuicSession, control: SendStream, receive: (message: Uint8Array) => void): Promise<void> {
  const streams = session.incomingBidirectionalStreams.getReader();
  const first = await streams.read().catch(() => undefined);
  if (first?.value === undefined) return;
  control.open(first.value.writable);
  void turnAway(streams);
  const messages = new MessageReader(wireLimits.maxClientMessageBytes);
  const reader = first.value.readable.getReader();
  // On its own, since a loop that awaits keeps what came last, and with it the 64 KiB of a pool of buffers.
  const readChunk = async (): Promise<boolean> => {
    const chunk = await reader.read().catch(() => undefined);
    if (chunk?.value === undefined) return false;
    for (const message of messages.push(chunk.value)) receive(message);
    return true;
  };
  while (await readChunk());
  session.close({ closeCode: 0, reason: '' });
}

async function turnAway(streams: ReadableStreamDefaultReader<{ readable: ReadableStream; writable: WritableStream }>): Promise<void> {
  for (;;) {
    const next = await streams.read().catch(() => undefined);
    if (next?.value === undefined) return;
    next.value.readable.cancel().catch(() => {});
    next.value.writable.abort().catch(() => {});
  }
}

async function discard(streams: ReadableStream<ReadableStream>): Promise<void> {
  const reader = streams.getReader();
  for (;;) {
    const next = await reader.read().catch(() => undefined);
    if (next?.value === undefined) return;
    next.value.cancel().catch(() => {});
  }
}

class WebTransportPeer implements Peer {
  readonly transport = 'webtransport';
  readonly #session: QuicSession;
  readonly #control: SendStream;
  readonly #streams = new Map<number, SendStream>();
  readonly #drained: () => void;
  #buffered = 0;
  #closing = false;

  constructor(session: QuicSession, control: SendStream, drained: () => void) {
    this.#session = session;
    this.#control = control;
    this.#drained = drained;
  }

  get bufferedBytes(): number {
    return this.#buffered;
  }

  send(message: Uint8Array): void {
    if (!this.#closing) this.#write(this.#control, frameMessage(message));
  }

  deliver(deliveries: readonly Delivery[]): void {
    if (this.#closing) return;
    for (const delivery of deliveries) {
      const message = composeMessage([delivery], LENGTH_BYTES);
      message.writeUInt32BE(message.byteLength - LENGTH_BYTES, 0);
      const stream = this.#stream(delivery);
      this.#write(stream, message);
      if (!delivery.last) continue;
      this.#streams.delete(delivery.subscription);
      if (stream !== this.#control) stream.end();
    }
  }

  release(subscription: number): void {
    const stream = this.#streams.get(subscription);
    this.#streams.delete(subscription);
    if (stream !== this.#control) stream?.end();
  }

  close(reason?: StreamError): void {
    if (this.#closing) return;
    this.#closing = true;
    const info = { closeCode: reason === undefined ? 0 : errorTable[reason.code].close, reason: reason?.code ?? '' };
    if (reason?.code === 'too_slow') this.#session.close(info);
    else setTimeout(() => this.#session.close(info), CLOSE_LINGER_MS);
  }

  /** The session has gone, whoever ended it. */
  ended(): void {
    this.#closing = true;
    this.#streams.clear();
  }

  /** The subscription's own stream, opened with its first delivery. */
  #stream({ subscription, epoch, fromSeq }: Delivery): SendStream {
    const known = this.#streams.get(subscription);
    if (known !== undefined) return known;
    const stream = this.#streams.size < MAX_STREAMS ? new SendStream() : this.#control;
    this.#streams.set(subscription, stream);
    if (stream === this.#control) return stream;
    this.#session.createUnidirectionalStream().then(
      (writable) => stream.open(writable),
      () => stream.reset(),
    );
    this.#write(stream, frameMessage(encodeServerFrame({ type: 'channel', subscription, epoch, fromSeq })));
    return stream;
  }

  #write(stream: SendStream, bytes: Uint8Array): void {
    this.#buffered += bytes.byteLength;
    if (this.#buffered > MAX_UNSENT_BYTES) {
      this.close(new StreamError('too_slow'));
      return;
    }
    stream.write(bytes, () => {
      this.#buffered -= bytes.byteLength;
      if (!this.#closing) this.#drained();
    });
  }
}
