import type { Page } from 'playwright-core';
import type { Said } from './page/said.ts';
import { ATTEMPT_TIMEOUT_MS, type Reader, type ReaderOptions, requestFor } from './reader.ts';
import type { Truth } from './truth.ts';
import type { View, ViewState } from './view.ts';

export interface ScreenOptions extends ReaderOptions {
  readonly origin: string;
  readonly page: Page;
  readonly closed: () => Promise<void>;
}

interface ScreenView extends View {
  state: ViewState;
}

/** A page in a browser. It judges what it shows by itself (`page/main.tsx`); here is what it says of it. */
export async function createScreen({ name, link, transport, tally, onApplied, origin, page, closed }: ScreenOptions): Promise<Reader> {
  const views = new Map<string, ScreenView>();
  const truths = new Map<string, Truth>();
  let connection: Reader['connection'] = { status: 'idle', transport: undefined, attempt: 0, error: undefined };
  let connected = 0;
  let left = false;

  const hear = (said: Said): void => {
    switch (said.type) {
      case 'connection': {
        const stands = said.status === 'connected';
        if (stands && connection.status !== 'connected') connected += 1;
        connection = { status: said.status, transport: said.transport, attempt: 0, error: undefined };
        break;
      }
      case 'sight': {
        const view = views.get(said.id);
        const truth = truths.get(said.id);
        if (view === undefined || truth === undefined) break;
        tally.observations += said.looks;
        const { status, epoch, length, error } = said;
        const grew = length !== view.state.text.length || status !== view.state.status;
        if (error?.code === 'unknown_channel' && view.state.error === undefined) tally.gone += 1;
        tally.events += Math.max(0, truth.textUntil.indexOf(length) - truth.textUntil.indexOf(view.state.text.length));
        view.state = { status, epoch, error, seq: undefined, text: truth.text.slice(0, length) };
        if (grew) onApplied();
        break;
      }
      case 'new-epoch':
        tally.epochs += 1;
        tally.withdrawn += said.withdrawn;
        break;
      case 'violation':
        tally.violate(`${name}: ${said.what}`);
        break;
    }
  };
  /** A page that is busy, or gone, is asked all the same. */
  const ask = (asked: Promise<unknown>): void => void asked.catch((cause: unknown) => !left && tally.violate(`${name}: ${String(cause)}`));

  page.on('pageerror', (error) => tally.violate(`${name}: unhandled in the page: ${error.stack ?? error.message}`));
  page.on('crash', () => tally.violate(`${name}: the page crashed`));
  await page.exposeFunction('rigSaid', hear);
  const query = new URLSearchParams({ relay: link.url, transport, attemptTimeoutMs: String(ATTEMPT_TIMEOUT_MS) });
  await page.goto(`${origin}/?${query}`);
  await page.waitForFunction(() => window.rig !== undefined);

  return {
    name,
    link,
    views,
    get connection() {
      return connection;
    },
    get connected() {
      return connected;
    },
    get waits() {
      return !left && [...views.values()].some((view) => !view.over);
    },
    get left() {
      return left;
    },
    join(stream, truth, request) {
      const { id } = stream;
      if (left || views.has(id)) return;
      truths.set(id, truth);
      views.set(id, {
        state: { status: 'pending', epoch: '', error: undefined, seq: undefined, text: '' },
        get over() {
          return this.state.status !== 'pending' && this.state.status !== 'streaming';
        },
        arrived() {},
        look() {},
      });
      // As text: its type is recursive, deeper than the compiler follows through `evaluate`.
      const asked = request ? JSON.stringify(requestFor(stream)) : undefined;
      ask(page.evaluate(([own, text, body]) => window.rig.join(own, text, body && JSON.parse(body)), [id, truth.text, asked] as const));
    },
    detach(id) {
      views.delete(id);
      ask(page.evaluate((stream) => window.rig.detach(stream), id));
    },
    stop: (id) => page.evaluate((stream) => window.rig.stop(stream), id).catch(() => false),
    signal(signal) {
      if (signal === 'online' || signal === 'offline') ask(page.context().setOffline(signal === 'offline'));
    },
    block: (forMs) => ask(page.evaluate((ms) => window.rig.block(ms), forMs)),
    unblock() {},
    crash() {},
    async leave() {
      if (left) return;
      left = true;
      await page.evaluate(() => window.rig.leave()).catch(() => {});
      await closed().catch(() => {});
    },
  };
}
