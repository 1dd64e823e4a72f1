import { describe, expect, test } from 'vitest';
import {
  concatBytes,
  decodeClientMessage,
  decodeServerMessage,
  encodeBatch,
  encodeBatchesHeader,
  encodeClientFrame,
  encodeServerFrame,
} from '../../src/wire/index.ts';

test('[FR3] large subscription numbers and counts', () => {
  const batch = encodeBatch([{ fromSeq: 1, seq: 1, at: 0, event: { type: 'text', part: 't', delta: 'x' } }]);
  const many = Array.from({ length: 200 }, () => batch);
  const [frame] = decodeServerMessage(concatBytes([encodeBatchesHeader(70_000, 200), ...many]));
  expect(frame).toMatchObject({ type: 'batches', subscription: 70_000 });
  expect(frame?.type === 'batches' && frame.batches.length).toBe(200);
});

describe('[FR6] a message is decoded whole or not at all', () => {
  const ping = encodeClientFrame({ type: 'ping', nonce: 1 });
  const nested = (depth: number): Uint8Array => Uint8Array.from([...Array.from({ length: depth }, () => 0x91), 0xc0]);
  test.each<[string, Uint8Array]>([
    ['empty', new Uint8Array()],
    ['garbage', Uint8Array.of(0xc1, 1, 2, 3)],
    ['no array', Uint8Array.of(7)],
    ['an empty array', Uint8Array.of(0x90)],
    ['unknown frame type', Uint8Array.of(0x92, 99, 0)],
    ['a frame of the relay', encodeServerFrame({ type: 'drain', retryAfterMs: 0, spreadMs: 0 })],
    ['truncated', encodeClientFrame({ type: 'refresh', credentials: 'token' }).subarray(0, 4)],
    ['a good frame, then garbage', concatBytes([ping, Uint8Array.of(0xc1)])],
    ['negative number', Uint8Array.of(0x92, 6, 0xff)],
    ['not an integer', Uint8Array.of(0x92, 6, 0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0)],
    ['an integer beyond 2^53', Uint8Array.of(0x92, 6, 0xcf, 0xff, 0, 0, 0, 0, 0, 0, 0)],
    ['a string where a number belongs', Uint8Array.of(0x92, 6, 0xa1, 0x61)],
    ['subscription 0', Uint8Array.of(0x92, 3, 0)],
    ['too deep', nested(9)],
    ['far too deep', nested(50_000)],
    ['an extension type', Uint8Array.of(0x92, 6, 0xd4, 0x72, 0x40)],
    ['a map with a key that is no string', Uint8Array.of(0x92, 1, 0x81, 1, 1)],
    ['an array that promises four billion items', Uint8Array.of(0x92, 4, 0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a string that promises four billion bytes', Uint8Array.of(0x92, 5, 0xdb, 0xff, 0xff, 0xff, 0xff)],
  ])('%s', (_name, message) => {
    expect(() => decodeClientMessage(message)).toThrow(expect.objectContaining({ code: 'bad_frame' }));
  });

  test('[FR7] too large is refused before it is decoded', () => {
    expect(() => decodeClientMessage(new Uint8Array(65_537).fill(0xc1))).toThrow(expect.objectContaining({ code: 'frame_too_large' }));
  });

  test('a key named __proto__ changes no prototype', () => {
    const hello = Uint8Array.of(
      0x92,
      1,
      0x83,
      0xa9,
      ...new TextEncoder().encode('__proto__'),
      0x81,
      0xa1,
      0x78,
      1,
      0xa8,
      ...new TextEncoder().encode('protocol'),
      1,
      0xa6,
      ...new TextEncoder().encode('credit'),
      1,
    );
    expect(decodeClientMessage(hello)).toEqual([{ type: 'hello', protocol: 1, credit: 1 }]);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });

  test('[FR3] batches that were announced and do not come', () => {
    expect(() => decodeServerMessage(encodeBatchesHeader(1, 2))).toThrow(expect.objectContaining({ code: 'bad_frame' }));
  });

  test.each<[string, readonly unknown[]]>([
    ['less than it states', [0x93, 1, 3, 0x91, 0x95, 1, 0, 1, 0xa1, 0x74, 0xa1, 0x78]],
    ['more than it states', [0x93, 1, 1, 0x91, 0x95, 2, 0, 1, 0xa1, 0x74, 0xa1, 0x78]],
    ['an empty span', [0x93, 1, 1, 0x91, 0x95, 0, 0, 1, 0xa1, 0x74, 0xa1, 0x78]],
    ['an event of unknown type', [0x93, 1, 1, 0x91, 0x95, 1, 0, 99, 0xa1, 0x74, 0xa1, 0x78]],
  ])('[FR4] a batch that covers %s', (_name, batch) => {
    const message = concatBytes([encodeBatchesHeader(1, 1), Uint8Array.from(batch as number[])]);
    expect(() => decodeServerMessage(message)).toThrow(expect.objectContaining({ code: 'bad_frame' }));
  });
});

describe('[FR6] [FR8] strings', () => {
  const hello = (credentials: readonly number[]): Uint8Array => Uint8Array.of(0x92, 5, 0xa0 | credentials.length, ...credentials);

  test.each([
    ['a lone continuation byte', [0x61, 0x80]],
    ['a cut sequence', [0xe2, 0x82]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0x80]],
  ])('invalid UTF-8 is refused: %s', (_name, bytes) => {
    expect(() => decodeClientMessage(hello(bytes))).toThrow(expect.objectContaining({ code: 'bad_frame' }));
  });

  test('a byte order mark, and any length of text, stay as they are', () => {
    for (const text of [
      '\ufeff',
      '\ufeffabc',
      `\ufeff${'é'.repeat(40)}`,
      'x'.repeat(31),
      'x'.repeat(32),
      'x'.repeat(256),
      'é'.repeat(40_000),
    ]) {
      expect(decodeServerMessage(encodeServerFrame({ type: 'error', code: 'internal', message: text, retryable: true }))).toMatchObject([
        { message: text },
      ]);
    }
  });
});
