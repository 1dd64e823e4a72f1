import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LogEntry } from '../../../src/wire/index.ts';
import { cuts, markdown } from '../../markdown/arbitrary.ts';
import { parseStreamed } from '../../markdown/stream.ts';
import { treeOf } from '../../markdown/tree.ts';
import { stubPorts, World } from './handing.ts';

const seed = Number(process.env['SEED'] ?? 20_261_123);

function log(pieces: readonly string[]): LogEntry[] {
  const events = [
    { type: 'start', provider: 'p', model: 'm', createdAt: 0 } as const,
    ...pieces.filter((delta) => delta !== '').map((delta) => ({ type: 'text', part: 't', delta }) as const),
    { type: 'finish', reason: 'stop' } as const,
  ];
  return events.map((event, index) => ({ fromSeq: index + 1, seq: index + 1, at: 0, event }));
}

const text = fc.array(markdown.chain(cuts), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.flat());

const ordinary = ['toReceiver', 'toPage', 'toParser', 'fromParser', 'handed', 'read', 'read', 'run', 'wait', 'cycle'] as const;
const rare = ['lose', 'double', 'epoch', 'compact', 'receiver', 'parser', 'pace', 'unpace', 'fail'] as const;
type Step = (typeof ordinary)[number] | (typeof rare)[number];

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<Step>(...ordinary) },
    { weight: 12, arbitrary: fc.constant<Step>('cycle') },
    { weight: 1, arbitrary: fc.constantFrom<Step>(...rare) },
  ),
  { minLength: 5, maxLength: 120 },
);

let world: World;

async function take(step: Step, next: readonly LogEntry[]): Promise<void> {
  switch (step) {
    case 'read':
      world.read(1);
      break;
    case 'run':
      world.runParser();
      break;
    case 'wait':
      world.clock.advance(20);
      break;
    // What happens most of the time, in the order in which it does.
    case 'cycle':
      world.read(2);
      world.clock.advance(20);
      for (const queue of ['toPage', 'handed', 'toReceiver', 'toParser', 'fromParser'] as const) {
        world.deliver(queue);
        await world.settle();
      }
      break;
    case 'lose':
      world.handed.shift();
      break;
    case 'double': {
      const [first] = world.handed;
      if (first !== undefined) world.handed.push(first);
      break;
    }
    case 'epoch':
      world.reset(`epoch ${Math.random()}`, next);
      break;
    case 'compact':
      world.reset();
      break;
    case 'receiver':
      world.replaceReceiver();
      break;
    case 'parser':
      if (world.deaths < 3) world.crashParser();
      break;
    case 'pace':
      world.pace(world.record.text.length + 3);
      break;
    case 'unpace':
      world.pace(Number.POSITIVE_INFINITY);
      break;
    case 'fail':
      world.fail();
      break;
    default:
      world.deliver(step);
  }
  await world.settle();
}

describe(`text handed to the parser by the receiver (seed ${seed})`, () => {
  beforeAll(() => stubPorts(() => world));
  afterAll(() => void vi.unstubAllGlobals());

  test('[UI43] [MD5] in whatever order, twice, or not at all: no document tells of what the store has not, and the last is that of the whole', async () => {
    let handings = 0;
    await fc.assert(
      fc.asyncProperty(fc.tuple(text, text), steps, async ([one, other], taken) => {
        world = new World('first', log(one));
        for (const step of taken) await take(step, log(other));
        world.pace(Number.POSITIVE_INFINITY);
        await world.drain();
        handings += world.handings;
        expect(world.ahead).toEqual([]);
        expect(world.record.summary.status).not.toMatch(/pending|streaming/);
        expect(world.isFinal).toBe(true);
        expect(treeOf(world.fold.root)).toEqual(parseStreamed([world.record.text.toString()]));
      }),
      { numRuns: Number(process.env['RUNS'] ?? 1000), seed },
    );
    expect(handings).toBeGreaterThan(1000);
  });

  test('[UI43] once the parser has answered, the page sends nothing but the end', async () => {
    const text = 'A paragraph of *words*, and more.\n\n'.repeat(50);
    world = new World('first', log(text.match(/.{1,7}/gs) ?? []));
    for (let count = 0; count < 400; count += 1) await take('cycle', []);
    await world.drain();
    expect(treeOf(world.fold.root)).toEqual(parseStreamed([text]));
    expect(world.sent).toBeLessThan(100);
    expect(world.handings).toBeGreaterThan(50);
  });

  /** Patches arrive, and are acknowledged; the parser says nothing. Returns how much it is handed. */
  async function handOver(patches: number): Promise<number> {
    let length = 0;
    for (let count = 0; count < patches; count += 1) {
      world.read(1);
      world.clock.advance(200);
      while (world.deliver('toPage') || world.deliver('toReceiver'));
      await world.settle();
      length += world.handed.flatMap(({ data }) => data.texts).reduce((sum, { text: { length: one } }) => sum + one, 0);
      while (world.deliver('handed'));
    }
    return length;
  }

  test('[UI43] a parser that is 64 KiB behind is handed no more, until it has caught up', async () => {
    const line = `${'word '.repeat(819)}\n`;
    world = new World('first', log(Array<string>(60).fill(line)));
    for (let count = 0; count < 20; count += 1) await take('cycle', []);
    while (world.deliver('toParser') || world.deliver('fromParser') || world.runParser());
    const length = await handOver(30);
    expect(length).toBeGreaterThan(65_536 - 2 * line.length);
    expect(length).toBeLessThanOrEqual(65_536 + 2 * line.length);
    await world.drain();
    expect(treeOf(world.fold.root)).toEqual(parseStreamed([line.repeat(60)]));
  });

  test('[UI43] text that is paced is not handed over', async () => {
    world = new World('first', log(Array<string>(60).fill('word ')));
    for (let count = 0; count < 20; count += 1) await take('cycle', []);
    expect(world.handings).toBeGreaterThan(0);
    world.pace(world.record.text.length);
    await handOver(1);
    expect(await handOver(10)).toBe(0);
    world.pace(Number.POSITIVE_INFINITY);
    await world.drain();
    expect(treeOf(world.fold.root)).toEqual(parseStreamed(['word '.repeat(60)]));
  });
});
