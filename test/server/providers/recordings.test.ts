import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ReplayDialect, startReplay } from '../../support/replay.ts';
import { brokenRule, fold, generate, outcome, providerAt } from './reading.ts';
import { readWithSdk } from './sdk.ts';

const root = join(import.meta.dirname, '../../..');
const own = join(root, 'test/fixtures/providers');
const recorded = join(root, '../shared/fixtures/providers');

function dialectOf(name: string): ReplayDialect {
  const dialect = name.split('.')[0] ?? '';
  return (dialect === 'openai-responses' ? 'openai' : dialect) as ReplayDialect;
}

const files = [own, recorded].flatMap((folder) =>
  existsSync(folder) ? readdirSync(folder).map((name) => ({ name, file: join(folder, name), dialect: dialectOf(name) })) : [],
);

// The Gemini SDK warns of every part that is not text.
beforeEach(() => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => warn.mockRestore();
});

if (!existsSync(recorded)) test.skip('recordings of real providers are absent here: only hand-written fixtures are compared', () => {});

// Ollama has no SDK among ours, and a failed answer makes the SDKs throw: both are tested by themselves.
const comparable = files.filter(({ name, dialect }) => dialect !== 'ollama' && !name.includes('error'));

describe.each(comparable)('$name', ({ file, dialect }) => {
  test.each([1, 2])('[SQ1] [SQ2] [SQ3] [SQ4] gives what the SDK gives, cut with seed %i', async (cutSeed) => {
    const replay = await startReplay({ dialect, file, cutSeed });
    onTestFinished(() => replay.close());
    const events = await generate(providerAt(dialect, replay.url));
    expect(brokenRule(events)).toBeUndefined();
    const folded = fold(events);
    expect(folded.status).toBe('done');
    expect(outcome(folded)).toEqual(await readWithSdk(dialect as Exclude<ReplayDialect, 'ollama'>, replay.url));
  });
});

test.each(files.filter(({ file }) => statSync(file).size < 8000))(
  '[SQ3] $name byte by byte gives the same events',
  async ({ file, dialect }) => {
    const whole = await startReplay({ dialect, file });
    const bytes = await startReplay({ dialect, file, cutSeed: 1, maxPiece: 1 });
    onTestFinished(async () => {
      await whole.close();
      await bytes.close();
    });
    const stable = (events: readonly object[]): object[] => events.map((event) => ({ ...event, createdAt: 0 }));
    const expected = stable(await generate(providerAt(dialect, whole.url)));
    expect(expected.length).toBeGreaterThan(1);
    expect(stable(await generate(providerAt(dialect, bytes.url)))).toEqual(expected);
  },
);

test.runIf(existsSync(recorded))(
  'an error in a recording of the Responses API ends the stream, the quota named and nothing quoted',
  async () => {
    const replay = await startReplay({ dialect: 'openai', file: join(recorded, 'openai-responses.error.jsonl'), cutSeed: 3 });
    onTestFinished(() => replay.close());
    const events = await generate(providerAt('openai', replay.url));
    expect(events.map(({ type }) => type)).toEqual(['start', 'error']);
    expect(events[1]).toMatchObject({ code: 'upstream_rate_limited', retryable: false });
    expect(fold(events).error?.message).toContain('insufficient_quota');
    expect(fold(events).error?.message).not.toContain('platform.openai.com');
  },
);
