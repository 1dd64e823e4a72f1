// Larger than most files here: every frame and event is checked field by field, in one place.
import { StreamError } from './errors.ts';
import { eventTypes, type Json, type LogEntry, type StreamEvent } from './events.ts';
import { type Batch, type ClientFrame, FrameType, type ServerFrame } from './frames.ts';
import { maxIdLength } from './ids.ts';
import { wireLimits } from './limits.ts';
import { unpackAll } from './unpack.ts';

/** Decodes a message of the client. @throws {StreamError} `bad_frame` or `frame_too_large`; nothing of the message counts then */
export function decodeClientMessage(message: Uint8Array, maxBytes: number = wireLimits.maxClientMessageBytes): ClientFrame[] {
  if (message.byteLength > maxBytes) {
    throw new StreamError(
      'frame_too_large',
      `A message of ${message.byteLength} bytes exceeds the limit of ${maxBytes}; the connection closes. Send smaller messages.`,
    );
  }
  return unpackAll(message, wireLimits.maxDepth).map(({ value }) => clientFrame(value));
}

/** Decodes a message of the relay. @throws {StreamError} `bad_frame` */
export function decodeServerMessage(message: Uint8Array): ServerFrame[] {
  const frames: ServerFrame[] = [];
  let due: { subscription: number; batches: Batch[]; missing: number } | undefined;
  for (const { value, bytes } of unpackAll(message, wireLimits.maxJsonDepth + 8)) {
    if (due !== undefined) {
      due.batches.push(batch(value, bytes));
      due.missing -= 1;
      if (due.missing === 0) due = undefined;
      continue;
    }
    const items = array(value);
    if (items[0] === FrameType.batches) {
      due = { subscription: integer(items[1]), batches: [], missing: integer(items[2]) };
      frames.push({ type: 'batches', subscription: due.subscription, batches: due.batches });
      if (due.missing === 0) due = undefined;
    } else {
      frames.push(serverFrame(items));
    }
  }
  if (due !== undefined) throw malformed('it ends before the batches it announced');
  return frames;
}

function clientFrame(value: unknown): ClientFrame {
  const items = array(value);
  switch (items[0]) {
    case FrameType.hello: {
      const fields = record(items[1]);
      const protocol = integer(fields['protocol']);
      const credit = integer(fields['credit']);
      const [credentials, fallback] = [fields['credentials'], fields['fallback']];
      return {
        type: 'hello',
        protocol,
        credit,
        ...(credentials === undefined || credentials === null ? {} : { credentials: string(credentials) }),
        ...(fallback === undefined || fallback === null ? {} : { fallback: string(fallback, maxIdLength) }),
      };
    }
    case FrameType.subscribe: {
      const epoch = items[3];
      return {
        type: 'subscribe',
        subscription: positive(items[1]),
        channel: string(items[2], maxIdLength + 'stream:'.length),
        epoch: epoch === null || epoch === undefined ? undefined : string(epoch, maxIdLength),
        afterSeq: integer(items[4]),
        credit: integer(items[5]),
      };
    }
    case FrameType.unsubscribe:
      return { type: 'unsubscribe', subscription: positive(items[1]) };
    case FrameType.credit:
      return {
        type: 'credit',
        connectionLimit: integer(items[1]),
        grants: array(items[2]).map((grant) => {
          const [subscription, limit, appliedSeq] = array(grant);
          return { subscription: positive(subscription), limit: integer(limit), appliedSeq: integer(appliedSeq) };
        }),
      };
    case FrameType.refresh:
      return { type: 'refresh', credentials: string(items[1]) };
    case FrameType.ping:
      return { type: 'ping', nonce: integer(items[1]) };
    case FrameType.pong:
      return { type: 'pong', nonce: integer(items[1]) };
    default:
      throw malformed('it has a frame of unknown type');
  }
}

function serverFrame(items: readonly unknown[]): ServerFrame {
  switch (items[0]) {
    case FrameType.welcome: {
      const fields = record(items[1]);
      return {
        type: 'welcome',
        protocol: integer(fields['protocol']),
        session: string(fields['session']),
        heartbeatMs: positive(fields['heartbeatMs']),
        maxChannels: positive(fields['maxChannels']),
      };
    }
    case FrameType.subscribed: {
      const fields = record(items[3]);
      const answer = items[2];
      if (answer !== 'live' && answer !== 'recovered' && answer !== 'reset' && answer !== 'gone')
        throw malformed('a subscribed frame has an unknown answer');
      return {
        type: 'subscribed',
        subscription: positive(items[1]),
        answer,
        epoch: string(fields['epoch']),
        seq: integer(fields['seq']),
        recovered: integer(fields['recovered']),
      };
    }
    case FrameType.error: {
      const fields = record(items[1]);
      const { retryAfterMs, subscription } = fields;
      return {
        type: 'error',
        code: string(fields['code']),
        message: string(fields['message']),
        retryable: fields['retryable'] === true,
        ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
        ...(typeof subscription === 'number' ? { subscription } : {}),
      };
    }
    case FrameType.drain: {
      const fields = record(items[1]);
      return { type: 'drain', retryAfterMs: integer(fields['retryAfterMs']), spreadMs: integer(fields['spreadMs']) };
    }
    case FrameType.channel:
      return { type: 'channel', subscription: positive(items[1]), epoch: string(items[2]), fromSeq: positive(items[3]) };
    case FrameType.ping:
      return { type: 'ping', nonce: integer(items[1]) };
    case FrameType.pong:
      return { type: 'pong', nonce: integer(items[1]) };
    default:
      throw malformed('it has a frame of unknown type');
  }
}

function batch(value: unknown, bytes: number): Batch {
  const [from, to, packed] = array(value);
  const fromSeq = positive(from);
  const toSeq = positive(to);
  const entries: LogEntry[] = [];
  let next = fromSeq;
  for (const item of array(packed)) {
    const fields = array(item);
    const seq = next + positive(fields[0]) - 1;
    entries.push({ fromSeq: next, seq, at: integer(fields[1]), event: unpackEvent(fields) });
    next = seq + 1;
  }
  if (next !== toSeq + 1) throw malformed('a batch does not cover the range it states');
  return { fromSeq, toSeq, entries, bytes };
}

function unpackEvent(fields: readonly unknown[]): StreamEvent {
  const type = eventTypes[integer(fields[2])];
  const [a, b, c, d] = fields.slice(3);
  switch (type) {
    case 'start':
      return { type, provider: string(a), model: string(b), createdAt: integer(c) };
    case 'text':
    case 'reasoning':
    case 'tool-args':
      return { type, part: string(a), delta: string(b) };
    case 'tool-call':
      return { type, part: string(a), name: string(b), executedBy: c === true ? 'provider' : 'client' };
    case 'tool-result':
      return { type, part: string(a), result: b as Json, ...(c === true ? { isError: true } : {}) };
    case 'source':
      return {
        type,
        part: string(a),
        url: string(b),
        ...(typeof c === 'string' ? { title: c } : {}),
        ...(typeof d === 'string' ? { quote: d } : {}),
      };
    case 'file':
      return {
        type,
        part: string(a),
        mediaType: string(b),
        ...(typeof c === 'string' ? { url: c } : {}),
        ...(d instanceof Uint8Array ? { bytes: d } : {}),
      };
    case 'usage':
      return {
        type,
        inputTokens: integer(a),
        outputTokens: integer(b),
        ...(typeof c === 'number' ? { reasoningTokens: c } : {}),
        ...(typeof d === 'number' ? { cachedInputTokens: d } : {}),
      };
    case 'data':
      return { type, name: string(a), value: b as Json };
    case 'finish':
      if (a !== 'stop' && a !== 'length' && a !== 'tool-calls' && a !== 'content-filter' && a !== 'other')
        throw malformed('a finish event has an unknown reason');
      return { type, reason: a };
    case 'error':
      return { type, code: string(a), message: string(b), retryable: c === true, ...(typeof d === 'number' ? { retryAfterMs: d } : {}) };
    case 'stopped':
      return { type, by: a === 'user' ? 'user' : 'server' };
    default:
      throw malformed('a batch has an event of unknown type');
  }
}

function malformed(what: string): StreamError {
  return new StreamError('bad_frame', `A message was refused: ${what}. The connection closes. Check that both ends run the same version.`);
}

function array(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw malformed('an array was expected');
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array))
    return value as Record<string, unknown>;
  throw malformed('a map was expected');
}

function string(value: unknown, maxLength: number = Number.POSITIVE_INFINITY): string {
  if (typeof value === 'string' && value.length <= maxLength) return value;
  throw malformed('a string (of allowed length) was expected');
}

function integer(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed('a non-negative integer was expected');
}

function positive(value: unknown): number {
  const number = integer(value);
  if (number >= 1) return number;
  throw malformed('a positive integer was expected');
}
