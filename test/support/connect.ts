import { onTestFinished } from 'vitest';
import { type ClientFrame, concatBytes, encodeClientFrame, PROTOCOL_VERSION, wireLimits } from '../../src/wire/index.ts';
import { Inbox } from './inbox.ts';
import { openSse } from './sse-client.ts';
import { openWebSocket } from './websocket-client.ts';

export type TransportName = 'websocket' | 'webtransport' | 'sse';

/** A connection that says what the test says, and keeps what it hears. */
export interface ProtocolClient extends Inbox {
  /** Sends bytes as one message. */
  sendBytes(message: Uint8Array): void;
  /** Sends frames as one message. */
  send(...frames: ClientFrame[]): void;
  /** `hello`, with credit for everything unless told otherwise. */
  hello(fields?: { credit?: number; credentials?: string; protocol?: number }): void;
  subscribe(subscription: number, channel: string, cursor?: { epoch?: string; afterSeq?: number; credit?: number }): void;
  /** Stops and goes on reading from the network. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** What a transport's client does for `connectClient`. */
export interface Wire {
  send(message: Uint8Array): void;
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ConnectOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** `Origin` header. @default none, like a client that is no browser */
  readonly origin?: string;
}

type Open = (relayUrl: string, options: ConnectOptions, inbox: Inbox) => Promise<Wire>;

const openers: Readonly<Record<TransportName, Open>> = {
  websocket: openWebSocket,
  // Later, since the addon is optional.
  webtransport: async (...parts) => (await import('./webtransport-client.ts')).openWebTransport(...parts),
  sse: openSse,
};

const ALL_CREDIT = 1_000_000_000;

/** Opens a connection over a real socket, closed when the test ends. For SSE the first message opens it. */
export async function connectClient(transport: TransportName, relayUrl: string, options: ConnectOptions = {}): Promise<ProtocolClient> {
  const inbox = new Inbox();
  const wire = await openers[transport](relayUrl, options, inbox);
  onTestFinished(() => wire.close());
  const send = (...frames: ClientFrame[]): void => wire.send(concatBytes(frames.map(encodeClientFrame)));
  return Object.assign(inbox, {
    sendBytes: (message: Uint8Array) => wire.send(message),
    send,
    hello({
      credit = ALL_CREDIT,
      credentials,
      protocol = PROTOCOL_VERSION,
    }: {
      credit?: number;
      credentials?: string;
      protocol?: number;
    } = {}) {
      send({ type: 'hello', protocol, credit, ...(credentials === undefined ? {} : { credentials }) });
    },
    subscribe(subscription: number, channel: string, cursor: { epoch?: string; afterSeq?: number; credit?: number } = {}) {
      send({
        type: 'subscribe',
        subscription,
        channel,
        epoch: cursor.epoch,
        afterSeq: cursor.afterSeq ?? 0,
        credit: cursor.credit ?? ALL_CREDIT,
      });
    },
    pause: wire.pause,
    resume: wire.resume,
    close: wire.close,
  });
}

/** Larger than the relay takes. */
export const oversized: Uint8Array = new Uint8Array(wireLimits.maxClientMessageBytes + 1).fill(0xc0);
