import type { Part, StreamHandle, StreamRecord, StreamSummary } from '../../client.ts';
import { same } from '../../store/index.ts';
import { type Frames, type FrameTask, frames } from '../frame.ts';
import type { Pacer } from '../pacing.ts';
import type { Outline } from '../running/outline.ts';
import { running } from '../running.ts';
import { type Visibility, visibility } from '../visibility.ts';
import type { Stick } from './stick.ts';

/** What of a stream is on display that React renders: rare things only. A new object for each change. */
export interface Shown {
  readonly status: StreamSummary['status'];
  readonly error: StreamSummary['error'];
  readonly finishReason: string | undefined;
  /** Parts other than text, in order; identities as in the record. */
  readonly parts: readonly Part[];
  /** Of an answer that has ended: that can be read. */
  readonly hasText: boolean;
  /** Counts replaced contents: parts of another generation are other parts. */
  readonly generation: number;
}

/** One growing text of a panel, shown without React. */
export interface LiveText {
  /**
   * Shows the stream's text up to `limit` UTF-16 code units (other texts than the answer's own know no limit; in a pause it is what
   * was on display when that began, for what mounts meanwhile), and of what is
   * written as it is no more than `take` gives of what is wanted; where that is less, another turn comes. Returns whether
   * everything is on display, after the stream's end the final state included: `data-status` waits for that.
   */
  show(handle: StreamHandle, limit: number, take: (wanted: number) => number): boolean;
  clear(): void;
  /** UTF-16 code units of the stream's text there are on display. O(1). @default as many as may be */
  shown?(): number;
  /**
   * Asks for its turns itself, by `settle`, when it has something to show. @default false: it has them whenever something was
   * folded in
   */
  readonly asks?: boolean;
  /** Of an answer that has ended, whether nothing of it can be read. @default false */
  isBlank?(): boolean;
}

/**
 * Brings one panel up to its stream, frame by frame. Text goes to the DOM directly, and so do `data-status` and
 * `data-epoch` of the root, so that they never say more than the text beside them does.
 */
export interface Display {
  root(element: HTMLElement | null): void;
  stick(stick: Stick | undefined): void;
  /** The stream's text, or another text of it. Returns the remover. */
  live(text: LiveText): () => void;
  /** Follows another stream, or none. */
  bind(handle: StreamHandle | undefined): () => void;
  /** Holds display, or shows what came meanwhile. */
  hold(held: boolean): void;
  /** In a pause: how many code units of the stream's text may be on display until it ends. Else without end. */
  heldAt(): number;
  /** `smooth`: shows text no faster than it flows. The reader's wish for reduced motion comes first. */
  pace(pacing: 'immediate' | 'smooth'): void;
  /** Shows what there is, and sees to the scroller, when it is this panel's turn: a text can say more, or a box may open. */
  settle(): void;
  subscribe(listener: () => void): () => void;
  shown(): Shown;
}

/** Stands for a text that is not there yet: nothing is on display, and no end either. */
export const nothingYet: LiveText = { show: () => false, clear() {} };

export const nothingShown: Shown = {
  status: 'pending',
  error: undefined,
  finishReason: undefined,
  parts: [],
  hasText: false,
  generation: 0,
};

/** Code units one panel adds in one frame, at most, before there is what learns how many all of them can afford. */
const mostPerFrame = 8192;

export function createDisplay(loop: () => Frames = frames, sight: () => Visibility = visibility): Display {
  const listeners = new Set<() => void>();
  const texts = new Set<LiveText>();
  let root: HTMLElement | null = null;
  let stick: Stick | undefined;
  let handle: StreamHandle | undefined;
  let held = false;
  let shown = nothingShown;
  let epoch = '';
  let generation = 0;
  let resets = 0;
  let outline: Outline | undefined;
  /** What the last turn has seen. */
  let seen: StreamSummary | undefined;
  let partsSeen = 0;
  let smooth = false;
  let pacer: Pacer | undefined;
  /** Code units that may be on display, */
  let allowed = 0;
  /** and those that are in a pause. */
  let heldAt = 0;
  /** Whether what a running stream needs is being loaded; `undefined` before it was asked for. */
  let awaited: boolean | undefined;
  let unwatch = (): void => {};

  const task: FrameTask = {
    flush(now, all = false) {
      if (handle === undefined) return;
      const { record } = handle;
      if (record.generation !== generation) {
        if (held) return;
        reset(record.generation);
      }
      const take = (wanted: number): number => {
        const given = all ? wanted : (running.module?.textSlices.take(wanted, task) ?? Math.min(wanted, mostPerFrame));
        if (given < wanted) request();
        return given;
      };
      if (held) {
        for (const text of texts) text.show(handle, heldAt, take);
        return;
      }
      seen = record.summary;
      partsSeen = record.parts.length;
      // Epoch before text and status after it: whoever looks between sees a prefix of that epoch's text.
      if (record.summary.epoch !== epoch) setEpoch(record.summary.epoch);
      allowed = all ? record.text.length : paced(now, record);
      let whole = true;
      for (const text of texts) whole = text.show(handle, allowed, take) && whole;
      if (allowed < record.text.length) request();
      // Nor are parts, or why it ends early, before there is what shows them.
      if (awaited === undefined && (record.seq > 0 || record.endedAt > 0)) awaitRunning();
      const isEarly = record.endedAt > 0 && record.summary.finishReason !== 'stop';
      const waits = awaited === true && (isEarly || record.parts.some(({ type }) => type !== 'text'));
      outline ??= running.module?.createOutline();
      // An end whose text is not all there is not on display yet.
      const ended = record.endedAt > 0 && whole && !waits;
      const { error, finishReason } = ended ? record.summary : nothingShown;
      const status = ended || record.endedAt === 0 ? record.summary.status : 'streaming';
      if (root?.dataset['status'] !== status) root?.setAttribute('data-status', status);
      const next = {
        status,
        error,
        finishReason,
        parts: outline?.(record.parts) ?? nothingShown.parts,
        hasText: record.text.length > 0 && !(ended && [...texts].some(({ isBlank }) => isBlank?.())),
        generation: resets,
      };
      if (same(shown, next)) return;
      loop().commit(() => emit(next));
    },
    settle: () => stick?.settle(),
    place: () => (root === null ? 0 : sight().place(root)),
    rank(now) {
      if (root === null) return 'offscreen';
      const rank = sight().rank(root, now);
      // What has ended is brought up to date once, wherever it is: its state can be relied upon, and its text be found.
      return rank === 'offscreen' && handle !== undefined && handle.record.endedAt > 0 ? 'visible' : rank;
    },
  };

  /** How far the text may flow by now. */
  const paced = (now: number, { text, endedAt }: StreamRecord): number => {
    if (smooth && pacer === undefined) {
      pacer = running.module?.createPacer();
      pacer?.restart(allowed);
      pacer?.arrived(now, text.length);
    }
    return pacer === undefined || endedAt > 0 ? text.length : pacer.limit(now, text);
  };

  const emit = (next: Shown): void => {
    shown = next;
    for (const listener of listeners) listener();
  };
  const awaitRunning = (): void => {
    awaited = running.module === undefined;
    if (!awaited) return;
    void running.load().then(() => {
      awaited = false;
      request();
    });
  };
  const setEpoch = (next: string): void => {
    epoch = next;
    root?.setAttribute('data-epoch', next);
  };
  const reset = (next: number): void => {
    generation = next;
    resets += 1;
    outline = undefined;
    awaited = undefined;
    allowed = heldAt = 0;
    pacer?.restart(0);
    for (const text of texts) text.clear();
  };
  /** Whether a turn of this panel would show something of what was folded in. */
  const isDue = ({ summary, parts, generation: current }: StreamRecord): boolean =>
    pacer !== undefined || current !== generation || summary !== seen || parts.length !== partsSeen || [...texts].some(({ asks }) => !asks);
  /** Urgent are the beginning and the end, where they can be seen. */
  const request = (): void => {
    if (handle === undefined) return;
    const { summary, text } = handle.record;
    const changed = summary.status !== shown.status || text.length > 0 !== shown.hasText;
    loop().request(task, changed && root !== null && sight().rank(root) !== 'offscreen');
  };
  /** At once, where something new mounts: not a frame of emptiness in front of text the page already has. */
  const showNow = (): void => {
    if (handle !== undefined) loop().mount(task);
  };

  return {
    root(element) {
      // Left behind (hidden, or about to go) its text is gone.
      if (element === null) root?.setAttribute('data-status', 'pending');
      unwatch();
      root = element;
      if (element !== null) unwatch = sight().watch(element);
      element?.setAttribute('data-status', shown.status);
      element?.setAttribute('data-epoch', epoch);
    },
    stick(next) {
      stick = next;
    },
    live(text) {
      texts.add(text);
      showNow();
      return () => void texts.delete(text);
    },
    bind(next) {
      if (handle !== next) {
        handle = next;
        reset(next?.record.generation ?? 0);
        setEpoch('');
        stick?.restart();
        root?.setAttribute('data-status', 'pending');
        if (shown !== nothingShown) emit({ ...nothingShown, generation: resets });
      }
      showNow();
      const unsubscribe = next?.subscribe(() => {
        pacer?.arrived(performance.now(), next.record.text.length);
        if (!held && isDue(next.record)) request();
      });
      return () => {
        unsubscribe?.();
        loop().cancel(task);
      };
    },
    hold(next) {
      if (held === next) return;
      held = next;
      heldAt = allowed;
      // Of what is written as it is, some may be for later frames.
      for (const text of texts) heldAt = text.shown?.() ?? heldAt;
      pacer?.restart(heldAt);
      if (!held && handle !== undefined) loop().request(task, true);
    },
    heldAt: () => (held ? heldAt : Number.POSITIVE_INFINITY),
    pace(pacing) {
      smooth = pacing === 'smooth';
      if (!smooth) pacer = undefined;
      request();
    },
    settle: request,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    shown: () => shown,
  };
}
