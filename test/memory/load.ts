import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { scriptedAnswer } from '../../server/providers/script.ts';
import type { ChildRelay } from './child.ts';
import type { SoakClient } from './client.ts';
import type { SoakPage } from './page.ts';

export interface LoadOptions {
  readonly relay: ChildRelay;
  readonly page: SoakPage;
  /** Of the slots, from the first. */
  readonly panels: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

interface Running {
  readonly id: string;
  readonly channel: string;
  readonly seed: number;
  over: boolean;
  /** Asked to stop by a client. */
  stopped: boolean;
}

const SLOTS = 64;
const TOKENS = 2_000;
const RATE = 100;
/** An answer takes 20 s; who has not seen its end after this is stuck. */
const STUCK_MS = 60_000;

/** What the soak does: streams that follow one another in 64 places, and what clients do with them. */
export class Load {
  readonly errors: string[] = [];
  readonly counts = { streams: 0, exact: 0, panels: 0, detached: 0, reconnected: 0, stopped: 0 };
  readonly #options: LoadOptions;
  readonly #slots: (Running | undefined)[] = Array.from({ length: SLOTS }, () => undefined);
  /** Texts of stopped streams, as the first client had them. */
  readonly #cut = new Map<string, string>();
  #over = false;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  /** Begins nothing more. */
  finish(): void {
    this.#over = true;
  }

  async runStreams(): Promise<void> {
    await Promise.all(this.#slots.map((_, slot) => this.#runSlot(slot).catch((cause: unknown) => this.#fail(cause))));
  }

  /** One client until the end. `random` is in [0, 1). */
  async runClient(client: SoakClient, random: () => number): Promise<void> {
    await delay(random() * 15_000);
    while (this.#going) {
      const running = this.#slots[Math.floor(random() * SLOTS)];
      if (running === undefined || running.over) await delay(500);
      else await this.#visit(client, running, random).catch((cause: unknown) => this.#fail(cause));
    }
    client.close();
  }

  get #going(): boolean {
    return !this.#over && !this.#options.signal.aborted;
  }

  async #runSlot(slot: number): Promise<void> {
    const { relay, seed, panels } = this.#options;
    await delay((slot / SLOTS) * 20_000);
    for (let round = 0; this.#going; round += 1) {
      const running: Running = {
        id: `soak-${slot}-${round}`,
        channel: `stream:soak-${slot}-${round}`,
        seed: (seed * 100_000 + round * SLOTS + slot) % 1e9,
        over: false,
        stopped: false,
      };
      await relay.script(running.id, { seed: running.seed, tokens: TOKENS, rate: RATE });
      this.counts.streams += 1;
      this.#slots[slot] = running;
      if (slot < panels) await this.#show();
      await relay.ended(running.id);
      running.over = true;
      if (slot < panels) await this.#look(running);
    }
  }

  async #visit(client: SoakClient, running: Running, random: () => number): Promise<void> {
    const ended = (): boolean => client.status !== 'pending' && client.status !== 'streaming';
    const some = 200 + random() * 3_000;
    const what = random();
    client.follow(running.channel);
    if (what < 0.15) {
      await client.until(() => ended() || client.text.length > some, STUCK_MS);
      client.leave();
      this.counts.detached += 1;
      await delay(random() * 2_000);
      return;
    }
    if (what < 0.27) {
      await client.until(() => ended() || client.text.length > some, STUCK_MS);
      if (!ended()) {
        client.reconnect(running.channel);
        this.counts.reconnected += 1;
      }
    } else if (what < 0.3) {
      await client.until(() => ended() || client.text.length > some, STUCK_MS);
      running.stopped = true;
      const answer = await fetch(`${this.#options.relay.url}v1/streams/${running.id}/stop`, { method: 'POST' });
      if (answer.status !== 202) this.errors.push(`stop was answered ${answer.status}`);
      else this.counts.stopped += 1;
    }
    if (await client.until(ended, STUCK_MS)) this.#judge(running, client.status, client.text, `a client on ${client.transport}`);
    else if (this.#going)
      this.errors.push(`${running.id}: a client on ${client.transport} is stuck at ${client.text.length} characters, ${client.status}`);
  }

  #judge(running: Running, status: string, text: string, who: string): void {
    const truth = this.#truth(running.seed);
    if (status === 'done' && text === truth) this.counts.exact += 1;
    else if (status === 'stopped' && running.stopped) {
      const cut = createHash('sha256').update(text).digest('hex');
      const first = this.#cut.get(running.id);
      if (first === undefined) this.#cut.set(running.id, cut);
      if (this.#cut.size > 256) this.#cut.delete(this.#cut.keys().next().value ?? '');
      if (!truth.startsWith(text) || (first !== undefined && first !== cut))
        this.errors.push(`${running.id}: ${who} has another text of what was stopped`);
    } else
      this.errors.push(
        `${running.id}: ${who} ended ${status} with ${text === truth ? 'the' : 'another'} text, ${text.length} of ${truth.length}`,
      );
  }

  #truth(seed: number): string {
    return scriptedAnswer({ seed, tokens: TOKENS }).join('');
  }

  async #show(): Promise<void> {
    const { page, panels } = this.#options;
    await page.show(this.#slots.slice(0, panels).flatMap((running) => (running === undefined ? [] : [running.id])));
  }

  /** Of a Markdown panel only the status says something: its text is not the source. */
  async #look(running: Running): Promise<void> {
    const { page } = this.#options;
    let seen: Awaited<ReturnType<SoakPage['panel']>>;
    for (const end = performance.now() + STUCK_MS; performance.now() < end && this.#going; ) {
      seen = await page.panel(running.id);
      if (seen !== undefined && seen.status !== 'pending' && seen.status !== 'streaming') break;
      await delay(500);
    }
    if (!this.#going) return;
    const truth = this.#truth(running.seed);
    const isPlain = seen?.text === truth;
    const isEnd = seen?.status === 'done' || (seen?.status === 'stopped' && running.stopped);
    if (!isEnd) this.errors.push(`${running.id}: the panel is ${seen?.status ?? 'not there'}`);
    else if (seen?.status === 'done' && !isPlain && isPlainId(running.id)) this.errors.push(`${running.id}: the panel shows another text`);
    else this.counts.panels += 1;
  }

  #fail(cause: unknown): void {
    if (this.#going) this.errors.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  }
}

/** Even slots are shown as they are, odd ones as Markdown (`page/main.tsx`). */
function isPlainId(id: string): boolean {
  return Number(id.split('-')[1]) % 2 === 0;
}
