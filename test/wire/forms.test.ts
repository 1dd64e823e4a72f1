import { decodeMulti, encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import {
  type ClientFrame,
  concatBytes,
  decodeClientMessage,
  decodeServerMessage,
  encodeClientFrame,
  encodeServerFrame,
  FrameType,
  type ServerFrame,
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

test('[FR2] every type of frame is among them', () => {
  const shown = [...clientFrames, ...serverFrames].map(([, wire]) => (wire as number[])[0]);
  expect(new Set([...shown, FrameType.batches])).toEqual(new Set(Object.values(FrameType)));
});

test('[FR1] a message is all its frames in order', () => {
  const frames = clientFrames.map(([frame]) => frame);
  expect(decodeClientMessage(concatBytes(frames.map(encodeClientFrame)))).toEqual(frames);
});
