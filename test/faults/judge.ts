import { setTimeout as delay } from 'node:timers/promises';
import { askRelay } from './control.ts';
import type { Log } from './plan.ts';
import type { Reader } from './reader.ts';
import type { RigRelay } from './relay.ts';
import type { Tally } from './tally.ts';
import type { Truth } from './truth.ts';
import type { View } from './view.ts';

/** How a stream ended for a reader. */
export type Ending = 'whole' | 'stopped' | 'interrupted' | 'gone' | 'not started';

export interface Judged {
  readonly readers: readonly Reader[];
  readonly truths: ReadonlyMap<string, Truth>;
  readonly relay: RigRelay;
  readonly tally: Tally;
  readonly stopped: ReadonlySet<string>;
  readonly kills: number;
  readonly log: Log;
}

/** What the relay holds of a stream in the end. */
interface Held {
  readonly status: string;
  readonly epoch: string;
  readonly seq: number;
  readonly text: string;
}

/** After the end: what each reader has is what the relay has, and nothing is left behind. */
export async function judge(judged: Judged): Promise<Record<Ending, number>> {
  const { readers, truths, relay, tally } = judged;
  const endings: Record<Ending, number> = { whole: 0, stopped: 0, interrupted: 0, gone: 0, 'not started': 0 };
  const held = new Map<string, Held | undefined>();
  for (const id of truths.keys()) held.set(id, await heldBy(relay, id));
  for (const reader of readers) {
    if (reader.left) continue;
    for (const [id, view] of reader.views) {
      const ending = judgeView(`${reader.name} of ${id}`, id, view, held.get(id), judged);
      if (ending !== undefined) endings[ending] += 1;
    }
  }
  for (const reader of readers) await reader.leave();
  await nothingLeft(relay, tally);
  for (const complaint of relay.complaints) tally.violate(`relay: ${complaint}`);
  return endings;
}

function judgeView(name: string, id: string, view: View, held: Held | undefined, judged: Judged): Ending | undefined {
  const { truths, tally, stopped, kills, log } = judged;
  const whole = truths.get(id)?.text ?? '';
  view.look();
  const { status, epoch, error, text, seq } = view.state;
  if (!view.over) return undefined;
  if (!whole.startsWith(text)) tally.violate(`${name}: what is shown in the end is no prefix of the truth`);
  if (status === 'failed' && error?.code === 'unknown_channel') {
    if (kills === 0 || log !== 'memory') tally.violate(`${name}: gone, although the relay should have it`);
    return 'gone';
  }
  if (status === 'failed' && text === '' && (error?.code === 'connect_failed' || error?.code === 'relay_draining')) return 'not started';
  const same =
    held !== undefined && held.text === text && held.status === status && held.epoch === epoch && (seq === undefined || held.seq === seq);
  // A stream that had ended before its relay was killed is not read again.
  if (!same && !(held === undefined && log === 'memory' && kills > 0)) {
    tally.violate(`${name}: ends as ${status} at ${seq} of ${epoch}; the relay has ${held?.status} at ${held?.seq} of ${held?.epoch}`);
  }
  if (status === 'done') {
    if (text !== whole) tally.violate(`${name}: done with ${text.length} of ${whole.length} code units`);
    return 'whole';
  }
  if (status === 'stopped') {
    if (!stopped.has(id)) tally.violate(`${name}: stopped, and nobody had asked`);
    return 'stopped';
  }
  if (error?.code !== 'relay_restarted' || kills === 0) tally.violate(`${name}: failed with ${error?.code}: ${error?.message}`);
  return 'interrupted';
}

async function heldBy({ address }: RigRelay, id: string): Promise<Held | undefined> {
  const response = await askRelay(address?.port, `/v1/streams/${id}`);
  return response.ok ? ((await response.json()) as Held) : undefined;
}

/** Two and a half heartbeats and a little, on a busy machine. */
const FORGOTTEN_MS = 10_000;

/** Once all readers have left, the relay has neither connections nor readers of channels. */
async function nothingLeft(relay: RigRelay, tally: Tally): Promise<void> {
  const deadline = performance.now() + FORGOTTEN_MS;
  for (;;) {
    const metrics = await relay.metrics();
    const left = [...metrics].filter(([name, value]) => value > 0 && /^sluice_(connections\{|subscriptions$)/.test(name));
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      tally.violate(`The relay still has ${left.map(([name, value]) => `${value} ${name}`).join(', ')} after all readers left.`);
      return;
    }
    await delay(20);
  }
}
