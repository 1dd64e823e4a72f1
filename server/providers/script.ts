/** The scripted model without a server: no Node, so that stories, the demo and benchmarks run the same answers in a browser. */
import { type ErrorCode, isErrorCode, type Json, StreamError, type StreamEvent } from '../../src/wire/index.ts';
import { answerTokens, createRandom, tokenize } from './answer.ts';
import { type Clock, dueTimes, sharedClock } from './pace.ts';

export { scriptedAnswer } from './answer.ts';
export { type Clock, createClock } from './pace.ts';

export interface ScriptOptions {
  /** A safe integer. Equal options give equal events. @default 1 */
  readonly seed?: number;
  /** Tokens of the answer, 0–1,000,000. @default 400 */
  readonly tokens?: number;
  /** Tokens per second on average, 0–100,000; 0 is as fast as possible. @default 60 */
  readonly rate?: number;
  /** How uneven the tokens come, 0 (even) to 1. @default 0.5 */
  readonly jitter?: number;
  /** Most tokens at once, 1–1,000. @default 6 */
  readonly burst?: number;
  /** Longest stall in ms, up to 60,000; what it held up follows at once. 0 for none. @default 250 */
  readonly stallMs?: number;
  /** Milliseconds before the first event after `start`, up to 600,000. @default 0 */
  readonly firstTokenMs?: number;
  /** Tokens of reasoning before the answer, 0–1,000,000. @default 0; 80 with the model `scripted-reasoning` */
  readonly reasoning?: number;
  /** Calls of a server tool before the answer, 0–100. @default 0; 1 with the model `scripted-tools` */
  readonly tools?: number;
  /** Sources behind the answer, 0–100. @default 0 */
  readonly sources?: number;
  /** Breaks off with an error after this many tokens of text. @default never */
  readonly failAt?: number;
  /** Code of that error. @default 'upstream_failed' */
  readonly failWith?: ErrorCode;
}

export const scriptDefaults: Required<Omit<ScriptOptions, 'failAt'>> = {
  seed: 1,
  tokens: 400,
  rate: 60,
  jitter: 0.5,
  burst: 6,
  stallMs: 250,
  firstTokenMs: 0,
  reasoning: 0,
  tools: 0,
  sources: 0,
  failWith: 'upstream_failed',
};

/** Names with a meaning; any other is taken as `scripted-markdown`. */
export const scriptedModels: readonly string[] = ['scripted-markdown', 'scripted-plain', 'scripted-reasoning', 'scripted-tools'];

export interface ScriptContext {
  /** Ends the iterable, without a further event. */
  readonly signal?: AbortSignal;
  /** @default one shared by all scripted streams */
  readonly clock?: Clock;
  /** @default 'scripted-markdown' */
  readonly model?: string;
  /** For `usage`. @default 0 */
  readonly inputTokens?: number;
}

type ResolvedScript = Required<Omit<ScriptOptions, 'failAt'>> & { readonly failAt: number };

/** Fills in the defaults. Keys it does not know are left alone. @throws {StreamError} `upstream_rejected`, naming the option */
function resolveScriptOptions(options: { readonly [key: string]: Json | undefined }, model: string = 'scripted-markdown'): ResolvedScript {
  const reject = (name: string, must: string): never => {
    throw new StreamError('upstream_rejected', `The scripted model refused the request: option ${name} must be ${must}.`);
  };
  const number = (name: string, fallback: number, low: number, high: number, integer = true): number => {
    const value = options[name] ?? fallback;
    const fits = typeof value === 'number' && value >= low && value <= high && (!integer || Number.isInteger(value));
    return fits ? value : reject(name, `${integer ? 'an integer' : 'a number'} from ${low} to ${high}`);
  };
  const failWith = options['failWith'] ?? scriptDefaults.failWith;
  return {
    seed: number('seed', scriptDefaults.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    tokens: number('tokens', scriptDefaults.tokens, 0, 1_000_000),
    rate: number('rate', scriptDefaults.rate, 0, 100_000, false),
    jitter: number('jitter', scriptDefaults.jitter, 0, 1, false),
    burst: number('burst', scriptDefaults.burst, 1, 1000),
    stallMs: number('stallMs', scriptDefaults.stallMs, 0, 60_000, false),
    firstTokenMs: number('firstTokenMs', scriptDefaults.firstTokenMs, 0, 600_000, false),
    reasoning: number('reasoning', model === 'scripted-reasoning' ? 80 : 0, 0, 1_000_000),
    tools: number('tools', model === 'scripted-tools' ? 1 : 0, 0, 100),
    sources: number('sources', 0, 0, 100),
    failAt: options['failAt'] == null ? Number.POSITIVE_INFINITY : number('failAt', 0, 0, 1_000_000),
    failWith: isErrorCode(failWith) ? failWith : reject('failWith', 'a code of the error table'),
  };
}

/** A scripted answer as it would stream: one event a token, in time with the clock. Never throws; bad options are an `error` event. */
export async function* scriptedEvents(options: ScriptOptions = {}, context: ScriptContext = {}): AsyncGenerator<StreamEvent, void> {
  const { signal, clock = sharedClock, model = 'scripted-markdown', inputTokens = 0 } = context;
  if (signal?.aborted) return;
  let script: ResolvedScript;
  try {
    script = resolveScriptOptions({ ...options }, model);
  } catch (cause) {
    yield failure(cause instanceof StreamError ? cause : new StreamError('internal', undefined, { cause }));
    return;
  }
  yield { type: 'start', provider: 'scripted', model, createdAt: Date.now() };
  const due = dueTimes(script);
  const begin = clock.now() + script.firstTokenMs;
  const sleep = createSleep(clock, signal);
  let present = Number.NEGATIVE_INFINITY;
  let unpaced = 0;
  try {
    for (const event of scriptedTokens(script, model, inputTokens)) {
      if (signal?.aborted) return;
      if ('delta' in event) {
        const time = begin + due.next().value;
        // Without pacing nothing waits, and everybody else must have a turn now and then.
        unpaced += 1;
        if (time > present || unpaced >= 512) {
          present = clock.now();
          if (time > present || unpaced >= 512) {
            await sleep(Math.max(time, present));
            present = clock.now();
            unpaced = 0;
          }
          if (signal?.aborted) return;
        }
      }
      yield event;
    }
  } finally {
    sleep.end();
  }
}

function failure(error: StreamError): StreamEvent {
  return { type: 'error', code: error.code, message: error.message, retryable: error.retryable };
}

/** The events behind `start`, untimed. */
function* scriptedTokens(script: ResolvedScript, model: string, inputTokens: number): Generator<StreamEvent, void> {
  const style = model === 'scripted-plain' ? 'plain' : 'markdown';
  const random = createRandom(script.seed ^ 0x7001);
  let outputTokens = 0;
  for (const delta of answerTokens({ seed: script.seed ^ 0x7417, tokens: script.reasoning, style: 'plain' })) {
    outputTokens += 1;
    yield { type: 'reasoning', part: 'r0', delta };
  }
  for (let call = 0; call < script.tools; call += 1) {
    const part = `call-${call}`;
    yield { type: 'tool-call', part, name: 'search', executedBy: 'provider' };
    for (const delta of tokenize(JSON.stringify({ query: `backpressure ${Math.floor(random() * 1000)}`, limit: 3 }))) {
      outputTokens += 1;
      yield { type: 'tool-args', part, delta };
    }
    yield { type: 'tool-result', part, result: [{ title: 'Streams', url: `https://example.com/${call}`, score: random() }] };
  }
  let text = 0;
  for (const delta of answerTokens({ seed: script.seed, tokens: Math.min(script.tokens, script.failAt), style })) {
    text += 1;
    yield { type: 'text', part: 't0', delta };
  }
  outputTokens += text;
  if (script.failAt <= script.tokens) {
    yield failure(
      new StreamError(script.failWith, `The scripted model broke off after ${text} tokens, as it was asked to. Ask again without failAt.`),
    );
    return;
  }
  for (let source = 0; source < script.sources; source += 1) {
    yield { type: 'source', part: `s${source}`, url: `https://example.com/source/${source}`, title: `Source ${source + 1}` };
  }
  yield { type: 'usage', inputTokens, outputTokens, reasoningTokens: script.reasoning };
  yield { type: 'finish', reason: 'stop' };
}

interface Sleep {
  (time: number): Promise<void>;
  end(): void;
}

/** Waits on the clock; an abort wakes it. One listener for the whole stream. */
function createSleep(clock: Clock, signal: AbortSignal | undefined): Sleep {
  let wake: (() => void) | undefined;
  const onAbort = (): void => wake?.();
  signal?.addEventListener('abort', onAbort, { once: true });
  const sleep = (time: number): Promise<void> =>
    new Promise((resolve) => {
      const takeBack = clock.at(time, () => {
        wake = undefined;
        resolve();
      });
      wake = () => {
        wake = undefined;
        takeBack();
        resolve();
      };
      if (signal?.aborted) wake();
    });
  return Object.assign(sleep, { end: () => signal?.removeEventListener('abort', onAbort) });
}
