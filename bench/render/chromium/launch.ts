import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumArgs, ensureChromium } from '../../../scripts/chromium.ts';
import { openProtocol, type Protocol } from './protocol.ts';

export const viewport = { width: 1600, height: 1000 } as const;

/** Besides what the tests use: a window without a screen, one renderer, nothing that wakes up by itself. */
const renderArgs = [
  '--headless=new',
  '--remote-debugging-port=0',
  `--window-size=${viewport.width},${viewport.height}`,
  '--force-device-scale-factor=1',
  '--disable-extensions',
  '--no-default-browser-check',
  '--disable-default-apps',
  '--disable-features=SpareRendererForSitePerProcess,Translate,OptimizationHints,MediaRouter',
];

const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Page {
  readonly protocol: Protocol;
  /** Of the page's target. */
  call<Result = object>(method: string, params?: object): Promise<Result>;
  on(method: string, listener: (params: never) => void): () => void;
  /** @throws {Error} what the expression throws */
  evaluate<Value>(expression: string): Promise<Value>;
  close(): Promise<void>;
  /** Of the browser's first process. */
  readonly pid: number;
}

/** A Chromium of its own with one page, which is empty. */
export async function launchPage(): Promise<Page> {
  const profile = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const child = spawn(ensureChromium(), [...chromiumArgs, ...renderArgs, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  // It is in a session of its own, which no Ctrl+C reaches.
  const interrupt = (signal: NodeJS.Signals): void => {
    kill(child.pid);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    process.kill(process.pid, signal);
  };
  for (const signal of interruptions) process.once(signal, interrupt);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => {
    for (const signal of interruptions) process.off(signal, interrupt);
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const match = /DevTools listening on (ws:\S+)/.exec(said);
      if (match?.[1] !== undefined) resolve(match[1]);
    });
    child.once('error', reject);
    void exited.then(() => reject(new Error(`Chromium ended: ${said}`)));
  });
  const protocol = await openProtocol(url);
  const { targetInfos } = await protocol.call<{ targetInfos: { targetId: string; type: string }[] }>('Target.getTargets');
  const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
  const { sessionId } = await protocol.call<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  const call = <Result>(method: string, params?: object): Promise<Result> => protocol.call<Result>(method, params, sessionId);
  await call('Page.enable');
  await call('Emulation.setDeviceMetricsOverride', { ...viewport, deviceScaleFactor: 1, mobile: false });
  return {
    pid: child.pid ?? 0,
    protocol,
    call,
    on: (method, listener) => protocol.on(method, listener),
    async evaluate<Value>(expression: string): Promise<Value> {
      const { result, exceptionDetails } = await call<Evaluated>('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value as Value;
    },
    async close() {
      void protocol.call('Browser.close').catch(() => {});
      const timer = setTimeout(() => kill(child.pid), 3000);
      await exited;
      clearTimeout(timer);
      protocol.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** With all of its processes. */
function kill(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

interface Evaluated {
  readonly result: { readonly value: unknown };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}
