import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeMessage } from '../../../server/transports/compose.ts';
import { frameMessage, MessageReader } from '../../../server/transports/framing.ts';
import { checkOrigin, isLoopbackHost } from '../../../server/transports/origin.ts';
import { concatBytes, decodeServerMessage, encodeBatch, encodeBatchesHeader } from '../../../src/wire/index.ts';

test('[CN12] messages come out as they went in, wherever the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), fc.array(fc.nat(2_500)), (messages, cuts) => {
      const bytes = Buffer.concat(messages.map(frameMessage));
      const reader = new MessageReader(300);
      const read: Uint8Array[] = [];
      const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
      let at = 0;
      for (const end of ends) {
        read.push(...reader.push(bytes.subarray(at, end)));
        at = end;
      }
      expect(read.map((message) => Buffer.from(message))).toEqual(messages.map((message) => Buffer.from(message)));
    }),
  );
});

test('[FR7] a length above the limit is refused before the message comes', () => {
  const reader = new MessageReader(100);
  expect(reader.push(Uint8Array.of(0, 0))).toEqual([]);
  expect(() => reader.push(Uint8Array.of(0, 101))).toThrow(expect.objectContaining({ code: 'frame_too_large' }));
});

test('[FR3, FR5] a composed message is each header and its shared batches, whatever the numbers', () => {
  const batch = encodeBatch([{ fromSeq: 1, seq: 1, at: 0, event: { type: 'text', part: 't', delta: 'x' } }]);
  for (const [subscription, count] of [
    [1, 1],
    [127, 127],
    [128, 1],
    [1, 128],
    [70_000, 300],
  ] as const) {
    const batches = Array.from({ length: count }, () => batch);
    const deliveries = [
      { subscription, epoch: 'e', fromSeq: 1, batches, last: false },
      { subscription: 5, epoch: 'e', fromSeq: 1, batches: [batch], last: false },
    ];
    const expected = concatBytes([encodeBatchesHeader(subscription, count), ...batches, encodeBatchesHeader(5, 1), batch]);
    expect(Buffer.from(composeMessage(deliveries))).toEqual(Buffer.from(expected));
    expect(composeMessage(deliveries, 4).subarray(4)).toEqual(Buffer.from(expected));
    expect(decodeServerMessage(composeMessage(deliveries)).map((frame) => frame.type)).toEqual(['batches', 'batches']);
  }
});

test('[CN10] which hosts and origins are let in', () => {
  const network = { allowedOrigins: ['https://app.example'], loopback: false, anonymous: false };
  const loopback = { allowedOrigins: ['https://app.example'], loopback: true, anonymous: false };
  const check = (origin: string | undefined, host: string | undefined, policy = network, remoteAddress = '127.0.0.1'): string => {
    try {
      checkOrigin({ origin, host, remoteAddress }, policy);
      return 'in';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(check(undefined, 'relay.example')).toBe('in');
  expect(check('https://relay.example', 'relay.example')).toBe('in');
  expect(check('https://relay.example', 'Relay.Example')).toBe('in');
  expect(check('https://app.example', 'relay.example')).toBe('in');
  expect(check('https://relay.example:444', 'relay.example')).toBe('origin_refused');
  expect(check('https://app.example.evil.example', 'relay.example')).toBe('origin_refused');
  expect(check('null', 'relay.example')).toBe('origin_refused');
  expect(check('', 'relay.example')).toBe('origin_refused');
  expect(check(undefined, 'relay.example', loopback)).toBe('origin_refused');
  expect(check(undefined, undefined, loopback)).toBe('origin_refused');
  expect(check(undefined, 'app.example', loopback)).toBe('in');
  expect(check('http://localhost:5173', '127.0.0.1:8787', loopback)).toBe('origin_refused');
  expect(check('http://127.0.0.1:8787', '127.0.0.1:8787', loopback)).toBe('in');
  expect(check(undefined, '127.0.0.1:8787', { ...loopback, anonymous: true }, '192.0.2.7')).toBe('unauthenticated');
  for (const host of ['localhost', 'LOCALHOST:1', 'a.localhost:8787', '127.0.0.1', '127.9.9.9:1', '[::1]:8787', '[::1]', '::1'])
    expect(isLoopbackHost(host)).toBe(true);
  for (const host of ['127.0.0.1.evil.example', 'localhost.evil.example', '0.0.0.0', '10.0.0.1', '[::2]', '::2', '1::1', 'x::1:1', ''])
    expect(isLoopbackHost(host)).toBe(false);
});
