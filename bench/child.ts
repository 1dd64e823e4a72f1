import { type ChildProcess, fork } from 'node:child_process';

/** A child process that answers requests, one at a time. */
export interface Child<Request> {
  ask<Answer>(request: Request, timeoutMs: number): Promise<Answer>;
  stop(): Promise<void>;
}

type Reply = { readonly type: 'answer'; readonly value: unknown } | { readonly type: 'failed'; readonly message: string };

/** Starts `file` beside this one. */
export function startChild<Request extends object>(file: string, execArgv: readonly string[] = []): Child<Request> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { execArgv: [...execArgv], serialization: 'advanced' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    ask<Answer>(request: Request, timeoutMs: number): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void): void => {
          clearTimeout(timer);
          child.removeAllListeners('message');
          child.removeListener('exit', onExit);
          settle();
        };
        const onExit = (code: number | null): void => finish(() => reject(new Error(`${file} ended with ${code}`)));
        const timer = setTimeout(() => finish(() => reject(new Error(`${file} did not answer within ${timeoutMs} ms`))), timeoutMs);
        child.once('message', (reply: Reply) =>
          finish(() => (reply.type === 'answer' ? resolve(reply.value as Answer) : reject(new Error(reply.message)))),
        );
        child.once('exit', onExit);
        child.send(request);
      });
    },
    async stop() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The child's side: answers each request of the parent, and ends when the parent lets go. */
export function answer<Request>(handle: (request: Request) => Promise<unknown>): void {
  process.on('message', (request: Request) => {
    handle(request).then(
      (value) => process.send?.({ type: 'answer', value }),
      (cause: unknown) =>
        process.send?.({ type: 'failed', message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}
