import { loadWire } from '../../kit.ts';
import type { Endpoint } from '../messages.ts';
import type { Link, OpenLink } from '../readers/link.ts';

const { decodeServerMessage, encodeClientFrame, PROTOCOL_VERSION } = await loadWire();

/** A running connection to the relay, as an open page has one. */
export interface Follower {
  /** Subscribes to a channel and resolves with its first text, as soon as it is decoded. */
  firstText(channel: string): Promise<string>;
}

const credit = 1_048_576;

export async function connectFollower(open: OpenLink, endpoint: Endpoint): Promise<Follower> {
  const waiting = new Map<number, (text: string) => void>();
  const welcomed = Promise.withResolvers<void>();
  let link: Link | undefined;
  let subscription = 0;
  const opening = encodeClientFrame({ type: 'hello', protocol: PROTOCOL_VERSION, credit: 1024 * credit });
  link = await open(endpoint, opening, (message) => {
    for (const frame of decodeServerMessage(message)) {
      if (frame.type === 'welcome') welcomed.resolve();
      if (frame.type === 'error') throw new Error(`The relay refused: ${frame.code} ${frame.message}`);
      if (frame.type === 'ping') link?.send(encodeClientFrame({ type: 'pong', nonce: frame.nonce }));
      if (frame.type !== 'batches') continue;
      for (const { event } of frame.batches.flatMap((batch) => batch.entries)) {
        if (event.type === 'error') throw new Error(`The stream failed: ${event.code} ${event.message}`);
        if (event.type !== 'text') continue;
        waiting.get(frame.subscription)?.(event.delta);
        waiting.delete(frame.subscription);
      }
    }
  });
  await welcomed.promise;
  return {
    firstText(channel) {
      subscription += 1;
      const { promise, resolve } = Promise.withResolvers<string>();
      waiting.set(subscription, resolve);
      link?.send(encodeClientFrame({ type: 'subscribe', subscription, channel, afterSeq: 0, credit }));
      return promise;
    },
  };
}
