import { type ClientFrame, concatBytes, creditWindowDefaults, encodeClientFrame, PROTOCOL_VERSION } from '../../src/wire/index.ts';
import { Inbox } from '../support/inbox.ts';
import { openSse } from '../support/sse-client.ts';
import { openWebSocket } from '../support/websocket-client.ts';
import { openWebTransport } from '../support/webtransport-client.ts';

export const transports = ['websocket', 'webtransport', 'sse'] as const;
export type TransportName = (typeof transports)[number];

/** One connection of a script: it says what it is told to, and keeps what it hears. */
export interface RawReader {
  readonly inbox: Inbox;
  send(...frames: ClientFrame[]): void;
  /** Stops, and goes on, reading from the network. */
  pause(): void;
  resume(): void;
  close(): void;
}

const openers = { websocket: openWebSocket, webtransport: openWebTransport, sse: openSse };

/** What a page's worker grants to begin with. */
export const firstCredit: { readonly connection: number; readonly channel: number } = {
  connection: 4 * creditWindowDefaults.initialBytes,
  channel: creditWindowDefaults.initialBytes,
};
/** More than there is. */
export const ALL: number = 1_000_000_000;

/** Connects, and resolves once the relay has said welcome. */
export async function openReader(transport: TransportName, url: string, credit: number): Promise<RawReader> {
  const inbox = new Inbox();
  const wire = await openers[transport](url, {}, inbox);
  const send = (...frames: ClientFrame[]): void => wire.send(concatBytes(frames.map(encodeClientFrame)));
  send({ type: 'hello', protocol: PROTOCOL_VERSION, credit });
  await inbox.first('welcome');
  return { inbox, send, pause: wire.pause, resume: wire.resume, close: wire.close };
}

export function subscribeTo(reader: RawReader, channel: string, credit: number): void {
  reader.send({ type: 'subscribe', subscription: 1, channel, afterSeq: 0, credit });
}

/** As many at a time as a machine accepts without refusing. */
export async function openReaders(count: number, transport: TransportName, url: string, credit: number): Promise<RawReader[]> {
  const readers: RawReader[] = [];
  while (readers.length < count) {
    const some = Math.min(50, count - readers.length);
    readers.push(...(await Promise.all(Array.from({ length: some }, () => openReader(transport, url, credit)))));
  }
  return readers;
}
