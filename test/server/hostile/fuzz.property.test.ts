import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runCampaign } from '../../fuzz/campaign.ts';
import { mutate } from '../../fuzz/mutate.ts';
import { createRandom } from '../../fuzz/random.ts';
import { createBody, framing, serverDecoder } from '../../fuzz/targets.ts';
import { relayWith } from '../http/relay.ts';

const SEED = 20_261_122;

describe('[FR6] mutated input is accepted, or refused with a documented code', () => {
  test.for([
    ['the page’s decoder', serverDecoder],
    ['messages cut out of a stream', framing],
    ['bodies of a request for a stream', createBody],
  ] as const)(`%s (seed ${SEED})`, async ([, target]) => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = createRandom(seed);
        expect(['accepted', ...target.codes]).toContain(await target.take(mutate(target.corpus, random), random));
      }),
      { seed: SEED, numRuns: 5_000 },
    );
  });

  test('[RL7] [CN8] sessions, next to one that streams on (seed 7)', async () => {
    const { targets } = await runCampaign(20_000, 7);
    expect(Object.keys(targets[0]?.outcomes ?? {})).toEqual(expect.arrayContaining(['accepted', 'bad_frame', 'hello_expected']));
  });
});

test(`[RL7] [RL10] whatever body comes to whatever route, the answer is a documented code (seed ${SEED})`, async () => {
  const { relay, raw } = relayWith({ maxMessagesPerSecond: 1_000_000 });
  const body = fc.oneof(
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 200 }),
    fc.integer().map((seed) => mutate(createBody.corpus, createRandom(seed))),
  );
  const route = fc.constantFrom('/v1/streams', '/v1/streams/none/stop', '/v1/sse', '/v1/sse/none');
  const type = fc.constantFrom('application/json', 'application/vnd.sluice+msgpack', 'text/plain', undefined);
  await fc.assert(
    fc.asyncProperty(route, type, body, async (path, contentType, bytes) => {
      const init = contentType === undefined ? {} : { type: contentType };
      const answer = await raw('POST', path, { body: new Blob([new Uint8Array(bytes)]), ...init });
      // An event stream is begun, and says what is wrong in its first event.
      expect([200, 201, 202, 400, 404, 415, 429]).toContain(answer.status);
      if (answer.status >= 400) expect(answer.body['code']).toMatch(/^[a-z_]+$/);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  expect(relay.stats.connections.sse).toBe(0);
});
