import { type ChildProcess, fork } from 'node:child_process';

/** A child process that answers requests, one at a time. */
export interface Child<Request> {
  ask<Answer>(request: Request, timeoutMs: number): Promise<Answer>;
  stop(): Promise<void>;
  readonly pid: number;
}

type Reply = { readonly type: 'answer'; readonly value: unknown } | { readonly type: 'failed'; readonly message: string };

/** Starts `file` beside this one. */
export function startChild<Request extends object>(file: string, execArgv: readonly string[] = []): Child<Request> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { execArgv: [...execArgv], serialization: 'advanced' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let pending: { resolve: (value: unknown) => void; reject: (cause: Error) => void } | undefined;
  let crashed: Error | undefined;
  const fail = (message: string): void => {
    crashed ??= new Error(message);
    pending?.reject(crashed);
  };
  child.on('message', (reply: Reply) => (reply.type === 'answer' ? pending?.resolve(reply.value) : fail(reply.message)));
  child.once('exit', (code) => fail(`${file} ended with ${code}`));
  return {
    pid: child.pid ?? 0,
    async ask<Answer>(request: Request, timeoutMs: number): Promise<Answer> {
      if (crashed !== undefined) throw crashed;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      pending = { resolve, reject };
      const timer = setTimeout(() => reject(new Error(`${file} did not answer within ${timeoutMs} ms`)), timeoutMs);
      child.send(request);
      try {
        return (await promise) as Answer;
      } finally {
        clearTimeout(timer);
        pending = undefined;
      }
    },
    async stop() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The child's side: answers each request of the parent, and ends when the parent lets go. What breaks it is told, too. */
export function answer<Request>(handle: (request: Request) => Promise<unknown>): void {
  const fail = (cause: unknown): void =>
    void process.send?.({ type: 'failed', message: cause instanceof Error ? cause.message : String(cause) });
  process.on('message', (request: Request) => void handle(request).then((value) => process.send?.({ type: 'answer', value }), fail));
  process.on('uncaughtException', fail);
  process.on('disconnect', () => process.exit(0));
}
