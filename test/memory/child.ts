import { fork } from 'node:child_process';
import type { ScriptOptions } from '../../server/providers/script.ts';

/** A relay in a process of its own, so that what it takes can be told from what its readers take. */
export interface ChildRelay {
  readonly url: string;
  readonly pid: number;
  /** Starts an answer of so many tokens: `rate` a second, or as fast as everybody else gets a turn. Returns its channel. `held`: it waits for `go`. */
  create(id: string, tokens: number, rate?: number, held?: boolean): Promise<string>;
  go(id: string): Promise<void>;
  /** Starts an answer of the scripted model. */
  script(id: string, script: ScriptOptions): Promise<string>;
  /** Resolves when the answer has ended. */
  ended(id: string): Promise<void>;
  /** Collects garbage, `turns` times, then reads. */
  sample(turns?: number): Promise<RelaySample>;
  close(): Promise<void>;
  /** Settles when the process has ended: rejects where it was not told to. */
  readonly exited: Promise<void>;
}

/** Bytes, but for the counts. */
export interface RelaySample {
  readonly rss: number;
  readonly heapUsed: number;
  /** Buffers outside the heap. */
  readonly external: number;
  /** Unsent, as the transports know. */
  readonly unsent: number;
  readonly logBytes: number;
  readonly streams: number;
  readonly connections: number;
  /** SSE responses since the start. */
  readonly responses: number;
  readonly subscriptions: number;
  readonly cpuMs: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** Options of the relay in the child, as far as they cross a process. */
export interface ChildOptions {
  readonly relay?: { readonly [name: string]: number };
  readonly storage?: { readonly [name: string]: number };
  /** Of `webTransport`. */
  readonly ports?: number;
  /** Folder whose files are served beside the relay, for pages. */
  readonly folder?: string;
}

export type Ask =
  | { readonly type: 'create'; readonly id: string; readonly tokens: number; readonly rate: number; readonly held: boolean }
  | { readonly type: 'go'; readonly id: string }
  | { readonly type: 'script'; readonly id: string; readonly script: ScriptOptions }
  | { readonly type: 'ended'; readonly id: string }
  | { readonly type: 'sample'; readonly turns: number }
  | { readonly type: 'close' };

export async function startChild(options: ChildOptions = {}): Promise<ChildRelay> {
  const child = fork(new URL('./relay.ts', import.meta.url), [JSON.stringify(options)], {
    execArgv: ['--expose-gc'],
    // Interrupting the script must not end the relay before the script has read it.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve(result: never): void; reject(cause: Error): void }>();
  let next = 0;
  let told = false;
  const ask = <Result>(question: Ask): Promise<Result> =>
    new Promise((resolve, reject) => {
      next += 1;
      waiting.set(next, { resolve, reject });
      child.send({ id: next, ask: question });
    });
  const exited = new Promise<void>((resolve, reject) => {
    child.once('exit', (code, signal) => {
      const cause = new Error(`The relay's process ended: ${signal ?? code}.`);
      for (const { reject: fail } of waiting.values()) fail(cause);
      waiting.clear();
      if (told) resolve();
      else reject(cause);
    });
  });
  exited.catch(() => {});
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { url: string }).url));
    exited.catch(reject);
  });
  child.on('message', (message) => {
    const { id, result, error } = message as { id: number; result?: never; error?: string };
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result as never);
    else asked?.reject(new Error(error));
  });
  return {
    url,
    pid: child.pid ?? 0,
    exited,
    create: (id, tokens, rate = 0, held = false) => ask({ type: 'create', id, tokens, rate, held }),
    go: (id) => ask({ type: 'go', id }),
    script: (id, script) => ask({ type: 'script', id, script }),
    ended: (id) => ask({ type: 'ended', id }),
    sample: (turns = 4) => ask({ type: 'sample', turns }),
    async close() {
      told = true;
      child.send({ id: 0, ask: { type: 'close' } satisfies Ask });
      await exited;
    },
  };
}
