import { describe, expect, test } from 'vitest';
import { encodeClientFrame, wireLimits } from '../../../src/wire/index.ts';
import { type Plain, pack } from '../../../src/wire/pack.ts';
import { byName, startBystander } from '../../support/bystander.ts';
import { connectClient, type TransportName } from '../../support/connect.ts';
import { startRelay } from '../../support/relay.ts';

/** What a client may say first, and what comes of it. The table in docs/RELIABILITY.md names these. */
const hostile: readonly (readonly [what: string, message: Uint8Array, code: string])[] = [
  ['nothing at all', new Uint8Array(), 'bad_frame'],
  ['an encoding MessagePack never uses', Uint8Array.of(0xc1), 'bad_frame'],
  ['an extension type', Uint8Array.of(0x92, 0x06, 0xd4, 0x01, 0x00), 'bad_frame'],
  ['a timestamp', Uint8Array.of(0x92, 0x06, 0xd6, 0xff, 0, 0, 0, 0), 'bad_frame'],
  ['a value that is no frame', Uint8Array.of(0xc0), 'bad_frame'],
  ['a frame of the relay', pack([16, { protocol: 1, session: 's', heartbeatMs: 1, maxChannels: 1 }]), 'bad_frame'],
  ['a map in place of a frame', pack({ type: 'hello' }), 'bad_frame'],
  ['hello without its fields', pack([1]), 'bad_frame'],
  ['hello with a list in place of its fields', pack([1, [1, 1]]), 'bad_frame'],
  ['fields that only a prototype has', raw([1, proto(pack({ protocol: 1, credit: 1 }))]), 'bad_frame'],
  ['hello and half a frame', Uint8Array.of(...pack([1, { protocol: 1, credit: 1 }]), 0x93, 0x02), 'bad_frame'],
  ['a list that promises four thousand million items', Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 0x06), 'bad_frame'],
  ['a map that promises as many', Uint8Array.of(0x92, 0x01, 0xdf, 0xff, 0xff, 0xff, 0xff, 0xa0), 'bad_frame'],
  ['a string that promises as many bytes', Uint8Array.of(0x92, 0x05, 0xdb, 0xff, 0xff, 0xff, 0xff, 0x61), 'bad_frame'],
  ['bytes that promise as many', Uint8Array.of(0x92, 0x05, 0xc6, 0xff, 0xff, 0xff, 0xff, 0x61), 'bad_frame'],
  ['nesting as deep as a message is long', new Uint8Array(wireLimits.maxClientMessageBytes).fill(0x91), 'bad_frame'],
  ['nesting one too deep', raw([6, nested(wireLimits.maxDepth)]), 'bad_frame'],
  ['a string that is not UTF-8', Uint8Array.of(0x92, 0x05, 0xa2, 0xc3, 0x28), 'bad_frame'],
  ['half a surrogate pair in UTF-8', Uint8Array.of(0x92, 0x05, 0xa3, 0xed, 0xa0, 0x80), 'bad_frame'],
  ['a number as a map key', Uint8Array.of(0x92, 0x01, 0x81, 0x01, 0x01), 'bad_frame'],
  ['a channel name of 60,000 characters', subscribe({ channel: `stream:${'x'.repeat(60_000)}` }), 'bad_frame'],
  ['an epoch of 60,000 characters', subscribe({ epoch: 'x'.repeat(60_000) }), 'bad_frame'],
  ['bytes in place of a channel name', raw([2, 1, Uint8Array.of(0xc4, 0x01, 0x61), null, 0, 0]), 'bad_frame'],
  ['a subscription that is a string', subscribe({ subscription: '1' }), 'bad_frame'],
  ['subscription 0', subscribe({ subscription: 0 }), 'bad_frame'],
  ['a negative subscription', subscribe({ subscription: -1 }), 'bad_frame'],
  ['a cursor of 2^53', subscribe({ afterSeq: 2 ** 53 }), 'bad_frame'],
  ['a cursor of 2^64 - 1', raw([2, 1, 'stream:a', null, Uint8Array.of(0xcf, ...Array(8).fill(0xff)), 0]), 'bad_frame'],
  ['a credit that is not a number', raw([2, 1, 'stream:a', null, 0, float64(Number.NaN)]), 'bad_frame'],
  ['an infinite credit', raw([2, 1, 'stream:a', null, 0, float64(Number.POSITIVE_INFINITY)]), 'bad_frame'],
  ['a credit of one and a half', raw([2, 1, 'stream:a', null, 0, float64(1.5)]), 'bad_frame'],
  ['a negative credit', raw([4, -1, []]), 'bad_frame'],
  ['a grant that is a map', raw([4, 1, [{ subscription: 1 }]]), 'bad_frame'],
  ['credentials that are a number', pack([1, { protocol: 1, credit: 1, credentials: 7 }]), 'bad_frame'],
  ['a message one byte too long', new Uint8Array(wireLimits.maxClientMessageBytes + 1).fill(0xc0), 'frame_too_large'],
  ['no hello first', encodeClientFrame({ type: 'ping', nonce: 1 }), 'hello_expected'],
  ['another version', pack([1, { protocol: Number.MAX_SAFE_INTEGER, credit: 1 }]), 'protocol_version'],
  ['more frames than a burst', concat(hello(), ...Array.from({ length: 2_001 }, () => Uint8Array.of(0x92, 6, 0))), 'rate_limited'],
];

describe.for(['websocket', 'webtransport', 'sse'] as const)('%s', (transport) => {
  test('[FR2] [FR6] [FR7] [CN1] [CN2] [CN8] [RL7] bad input ends its own connection, with its code, and disturbs nobody', async () => {
    const { relay, url } = await startRelay({ authenticate: byName });
    const bystander = await startBystander(relay, url, transport);
    const outcomes: (readonly [string, string | undefined])[] = [];
    for (const [what, message] of hostile) {
      outcomes.push([what, await outcome(transport, url, message)]);
      await bystander.streamsOn();
    }
    expect(outcomes).toEqual(hostile.map(([what, , code]) => [what, code]));
    expect(relay.stats.connections[transport]).toBe(1);
    const codes = Object.groupBy(hostile, ([, , code]) => code);
    for (const [code, of] of Object.entries(codes)) expect(relay.stats.refused[code], code).toBe(of?.length);
  });

  test('[FR6] [FR8] names every object has are names like any other', async () => {
    const { url } = await startRelay({ authenticate: byName });
    const client = await connectClient(transport, url);
    client.sendBytes(pack([1, { protocol: 1, credit: 1, credentials: 'ada', constructor: 1, toString: 'x', hasOwnProperty: null }]));
    await client.first('welcome');
    client.subscribe(1, 'stream:__proto__');
    client.subscribe(2, 'constructor');
    await client.until(() => client.of('subscribed').length === 2);
    expect(client.of('subscribed').map(({ answer }) => answer)).toEqual(['gone', 'gone']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

async function outcome(transport: TransportName, url: string, message: Uint8Array): Promise<string | undefined> {
  const client = await connectClient(transport, url);
  client.sendBytes(message);
  const { reason } = await client.ended();
  // The end of a WebTransport session may overtake its last message, and says the same.
  return client.of('error')[0]?.code ?? reason;
}

function hello(): Uint8Array {
  return pack([1, { protocol: 1, credit: 1, credentials: 'eve' }]);
}

function subscribe(fields: { subscription?: Plain; channel?: string; epoch?: string; afterSeq?: number }): Uint8Array {
  const { subscription = 1, channel = 'stream:a', epoch = null, afterSeq = 0 } = fields;
  return pack([2, subscription, channel, epoch, afterSeq, 0]);
}

/** A list of which some items are encoded already. */
function raw(items: readonly (Plain | Uint8Array)[]): Uint8Array {
  return concat(Uint8Array.of(0x90 | items.length), ...items.map((item) => (item instanceof Uint8Array ? item : pack(item))));
}

/** A map whose only key is `__proto__`. */
function proto(value: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0x81), pack('__proto__'), value);
}

function nested(depth: number): Plain {
  return depth === 0 ? 0 : [nested(depth - 1)];
}

function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = 0xcb;
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
