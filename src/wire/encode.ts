import { type ClientFrame, FrameType, type ServerFrame } from './frames.ts';
import { pack } from './pack.ts';

/** Encodes one frame of the client. Frames may be concatenated into one message. */
export function encodeClientFrame(frame: ClientFrame): Uint8Array {
  switch (frame.type) {
    case 'hello': {
      const { type: _, ...fields } = frame;
      return pack([FrameType.hello, fields]);
    }
    case 'subscribe':
      return pack([FrameType.subscribe, frame.subscription, frame.channel, frame.epoch ?? null, frame.afterSeq, frame.credit]);
    case 'unsubscribe':
      return pack([FrameType.unsubscribe, frame.subscription]);
    case 'credit':
      return pack([FrameType.credit, frame.connectionLimit, frame.grants.map((g) => [g.subscription, g.limit, g.appliedSeq])]);
    case 'refresh':
      return pack([FrameType.refresh, frame.credentials]);
    case 'ping':
      return pack([FrameType.ping, frame.nonce]);
    case 'pong':
      return pack([FrameType.pong, frame.nonce]);
  }
}

/** Encodes one frame of the relay, except `batches`: its header comes from `encodeBatchesHeader`, its batches from `encodeBatch`. */
export function encodeServerFrame(frame: Exclude<ServerFrame, { type: 'batches' }>): Uint8Array {
  switch (frame.type) {
    case 'welcome': {
      const { protocol, session, heartbeatMs, maxChannels } = frame;
      return pack([FrameType.welcome, { protocol, session, heartbeatMs, maxChannels }]);
    }
    case 'subscribed': {
      const { subscription, answer, epoch, seq, recovered } = frame;
      return pack([FrameType.subscribed, subscription, answer, { epoch, seq, recovered }]);
    }
    case 'error': {
      const { type: _, ...fields } = frame;
      return pack([FrameType.error, fields]);
    }
    case 'drain':
      return pack([FrameType.drain, { retryAfterMs: frame.retryAfterMs, spreadMs: frame.spreadMs }]);
    case 'channel':
      return pack([FrameType.channel, frame.subscription, frame.epoch, frame.fromSeq]);
    case 'ping':
      return pack([FrameType.ping, frame.nonce]);
    case 'pong':
      return pack([FrameType.pong, frame.nonce]);
  }
}

/** Encodes what precedes `count` batches of a subscription. */
export function encodeBatchesHeader(subscription: number, count: number): Uint8Array {
  if (subscription < 0x80 && count < 0x80) return Uint8Array.of(0x93, FrameType.batches, subscription, count);
  return pack([FrameType.batches, subscription, count]);
}

/** One message out of several frames or batches, in order. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const only = chunks[0];
  if (chunks.length === 1 && only !== undefined) return only;
  let length = 0;
  for (const chunk of chunks) length += chunk.byteLength;
  const message = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    message.set(chunk, at);
    at += chunk.byteLength;
  }
  return message;
}
