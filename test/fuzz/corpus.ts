import { frameMessage } from '../../server/transports/framing.ts';
import {
  type ClientFrame,
  concatBytes,
  encodeBatch,
  encodeBatchesHeader,
  encodeClientFrame,
  encodeServerFrame,
  type LogEntry,
  type ServerFrame,
  type StreamEvent,
} from '../../src/wire/index.ts';

/** One of each, and some together, as a client means them. */
const clientFrames: readonly (readonly ClientFrame[])[] = [
  [{ type: 'hello', protocol: 1, credit: 196_608 }],
  [{ type: 'hello', protocol: 1, credit: 196_608, credentials: 'a token, ünïcode 🙂' }],
  [{ type: 'subscribe', subscription: 1, channel: 'stream:open', afterSeq: 0, credit: 49_152 }],
  [{ type: 'subscribe', subscription: 2, channel: 'stream:ended', epoch: '0123456789abc', afterSeq: 300, credit: 70_000 }],
  [{ type: 'unsubscribe', subscription: 1 }],
  [{ type: 'credit', connectionLimit: 5_000_000_000, grants: [{ subscription: 1, limit: 98_304, appliedSeq: 17 }] }],
  [
    {
      type: 'credit',
      connectionLimit: 1,
      grants: Array.from({ length: 20 }, (_, id) => ({ subscription: id + 1, limit: 300 * id, appliedSeq: id })),
    },
  ],
  [{ type: 'refresh', credentials: 'another' }],
  [{ type: 'ping', nonce: 4_294_967_295 }],
  [{ type: 'pong', nonce: 7 }],
  [
    { type: 'hello', protocol: 1, credit: 1_000_000 },
    { type: 'subscribe', subscription: 1, channel: 'stream:ended', afterSeq: 0, credit: 1_000_000 },
    { type: 'subscribe', subscription: 2, channel: 'stream:open', afterSeq: 0, credit: 1_000_000 },
    { type: 'ping', nonce: 1 },
  ],
];

const serverFrames: readonly Exclude<ServerFrame, { type: 'batches' }>[] = [
  { type: 'welcome', protocol: 1, session: '7f9c', heartbeatMs: 10_000, maxChannels: 128 },
  { type: 'subscribed', subscription: 1, answer: 'recovered', epoch: '0123456789abc', seq: 12, recovered: 40 },
  { type: 'error', code: 'too_many_channels', message: 'No.', retryable: false, subscription: 3 },
  { type: 'drain', retryAfterMs: 100, spreadMs: 5_000 },
  { type: 'channel', subscription: 200, epoch: '0123456789abc', fromSeq: 1 },
  { type: 'ping', nonce: 0 },
];

const events: readonly StreamEvent[] = [
  { type: 'start', provider: 'scripted', model: 'm', createdAt: 1_790_000_000_000 },
  { type: 'text', part: 't0', delta: 'Hello, wörld 🙂' },
  { type: 'reasoning', part: 'r0', delta: 'x'.repeat(200) },
  { type: 'tool-call', part: 'c0', name: 'search', executedBy: 'provider' },
  { type: 'tool-args', part: 'c0', delta: '{"q":1}' },
  { type: 'tool-result', part: 'c0', result: { deep: [[[1, 2.5, null, { __proto__: 1 }]]] }, isError: true },
  { type: 'source', part: 's0', url: 'https://example.com', title: 'T' },
  { type: 'file', part: 'f0', mediaType: 'image/png', bytes: Uint8Array.of(1, 2, 3) },
  { type: 'usage', inputTokens: 1, outputTokens: 70_000, reasoningTokens: 3 },
  { type: 'data', name: 'n', value: [true, false, 'x'] },
  { type: 'finish', reason: 'stop' },
];

const entries = events.map((event, index): LogEntry => ({ fromSeq: index + 1, seq: index + 1, at: index * 16, event }));

export const clientCorpus: readonly Uint8Array[] = clientFrames.map((frames) => concatBytes(frames.map(encodeClientFrame)));

export const serverCorpus: readonly Uint8Array[] = [
  ...serverFrames.map(encodeServerFrame),
  concatBytes([encodeBatchesHeader(1, 1), encodeBatch(entries)]),
  concatBytes([
    encodeBatchesHeader(300, 2),
    encodeBatch(entries.slice(0, 3)),
    encodeBatch(entries.slice(3)),
    encodeServerFrame({ type: 'ping', nonce: 1 }),
  ]),
];

/** As on a WebTransport stream. */
export const framedCorpus: readonly Uint8Array[] = clientCorpus.map((message) =>
  concatBytes([frameMessage(message), frameMessage(message)]),
);

export const bodyCorpus: readonly Uint8Array[] = [
  { provider: 'scripted', model: 'm', prompt: 'p' },
  {
    provider: 'scripted',
    model: 'm',
    id: 'an-id',
    messages: [{ role: 'user', content: 'Hello, wörld 🙂' }],
    options: { seed: 1, rate: 1e9, a: [[{}]] },
  },
].map((body) => new TextEncoder().encode(JSON.stringify(body)));
