import { decodeMulti, encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import {
  type ClientFrame,
  concatBytes,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientFrame,
  encodeServerFrame,
  type ServerFrame,
  wireLimits,
} from '../../src/wire/index.ts';

const clientFrames: readonly (readonly [frame: ClientFrame, wire: unknown])[] = [
  [{ type: 'hello', protocol: 1, credit: 49_152 }, [1, { protocol: 1, credit: 49_152 }]],
  [{ type: 'hello', protocol: 1, credit: 0, credentials: 'tökén' }, [1, { protocol: 1, credit: 0, credentials: 'tökén' }]],
  [{ type: 'subscribe', subscription: 1, channel: 'stream:a', epoch: undefined, afterSeq: 0, credit: 7 }, [2, 1, 'stream:a', null, 0, 7]],
  [
    { type: 'subscribe', subscription: 2 ** 40, channel: 'stream:a', epoch: 'e', afterSeq: 2 ** 33, credit: 2 ** 50 },
    [2, 2 ** 40, 'stream:a', 'e', 2 ** 33, 2 ** 50],
  ],
  [{ type: 'unsubscribe', subscription: 300 }, [3, 300]],
  [{ type: 'credit', connectionLimit: 70_000, grants: [] }, [4, 70_000, []]],
  [
    {
      type: 'credit',
      connectionLimit: 2 ** 45,
      grants: [
        { subscription: 1, limit: 2 ** 45, appliedSeq: 12 },
        { subscription: 2, limit: 0, appliedSeq: 0 },
      ],
    },
    [
      4,
      2 ** 45,
      [
        [1, 2 ** 45, 12],
        [2, 0, 0],
      ],
    ],
  ],
  [{ type: 'refresh', credentials: 'x'.repeat(300) }, [5, 'x'.repeat(300)]],
  [{ type: 'ping', nonce: 0 }, [6, 0]],
  [{ type: 'pong', nonce: 2 ** 53 - 1 }, [7, 2 ** 53 - 1]],
];

const serverFrames: readonly (readonly [frame: Exclude<ServerFrame, { type: 'batches' }>, wire: unknown])[] = [
  [
    { type: 'welcome', protocol: 1, session: 's', heartbeatMs: 10_000, maxChannels: 128 },
    [16, { protocol: 1, session: 's', heartbeatMs: 10_000, maxChannels: 128 }],
  ],
  ...(['live', 'recovered', 'reset', 'gone'] as const).map(
    (answer) =>
      [
        { type: 'subscribed', subscription: 3, answer, epoch: 'e', seq: 2 ** 40, recovered: 9 },
        [17, 3, answer, { epoch: 'e', seq: 2 ** 40, recovered: 9 }],
      ] as const,
  ),
  [
    { type: 'error', code: 'forbidden', message: 'No.', retryable: false, subscription: 3 },
    [19, { code: 'forbidden', message: 'No.', retryable: false, subscription: 3 }],
  ],
  [
    { type: 'error', code: 'rate_limited', message: 'Später.', retryable: true, retryAfterMs: 1_500 },
    [19, { code: 'rate_limited', message: 'Später.', retryable: true, retryAfterMs: 1_500 }],
  ],
  [{ type: 'drain', retryAfterMs: 0, spreadMs: 5_000 }, [20, { retryAfterMs: 0, spreadMs: 5_000 }]],
  [{ type: 'channel', subscription: 3, epoch: 'e', fromSeq: 1 }, [21, 3, 'e', 1]],
  [{ type: 'ping', nonce: 5 }, [6, 5]],
  [{ type: 'pong', nonce: 5 }, [7, 5]],
];

describe('[FR1] [FR2] each frame has its documented form, which any MessagePack library reads and writes', () => {
  test.for(clientFrames)('%j', ([frame, wire]) => {
    expect([...decodeMulti(encodeClientFrame(frame))]).toEqual([wire]);
    expect(decodeClientMessage(encode(wire))).toEqual([frame]);
  });

  test.for(serverFrames)('%j', ([frame, wire]) => {
    expect([...decodeMulti(encodeServerFrame(frame))]).toEqual([wire]);
    expect(decodeServerMessage(encode(wire))).toEqual([frame]);
  });
});

test('[FR1] a message is all its frames in order', () => {
  const frames = clientFrames.map(([frame]) => frame);
  expect(decodeClientMessage(concatBytes(frames.map(encodeClientFrame)))).toEqual(frames);
});

const refused = expect.objectContaining({ name: 'StreamError', code: 'bad_frame' });

describe('[FR2] [FR6] what is not a frame is refused with the whole message', () => {
  test.for([
    ['an unknown type', [99, 1]],
    ['a frame of the other end', [16, {}]],
    ['no array', { type: 'ping' }],
    ['an empty array', []],
    ['a number that is text', [6, '5']],
    ['a negative number', [3, -1]],
    ['a subscription of zero', [3, 0]],
    ['a fraction', [6, 1.5]],
    ['a number that is no safe integer', [6, 2 ** 60]],
    ['a field left out', [2, 1, 'stream:a']],
    ['a channel longer than a name may be', [2, 1, `stream:${'a'.repeat(wireLimits.maxIdLength + 1)}`, null, 0, 0]],
    ['a hello without fields', [1, null]],
  ] as const)('%s', ([, wire]) => {
    const valid = encodeClientFrame({ type: 'ping', nonce: 1 });
    expect(() => decodeClientMessage(concatBytes([valid, encode(wire)]))).toThrow(refused);
  });

  test.for([
    ['a batch that does not cover its range', [18, 1, 1], [1, 3, [[1, 0, 12, 'user']]]],
    ['a batch that covers more than its range', [18, 1, 1], [1, 1, [[2, 0, 12, 'user']]]],
    ['fewer batches than announced', [18, 1, 2], [1, 1, [[1, 0, 12, 'user']]]],
    ['an event of unknown type', [18, 1, 1], [1, 1, [[1, 0, 13, 'user']]]],
    ['an entry that covers nothing', [18, 1, 1], [1, 0, [[0, 0, 12, 'user']]]],
  ] as const)('[FR4] %s', ([, header, batch]) => {
    expect(() => decodeServerMessage(concatBytes([encode(header), encode(batch)]))).toThrow(refused);
  });
});

test('[FR7] the limit of a client’s message is on its bytes, before anything is decoded', () => {
  const garbage = new Uint8Array(wireLimits.maxClientMessageBytes + 1).fill(0xc1);
  expect(() => decodeClientMessage(garbage)).toThrow(expect.objectContaining({ code: 'frame_too_large' }));
  expect(() => decodeClientMessage(garbage.subarray(1))).toThrow(refused);
});
