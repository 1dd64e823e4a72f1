import type { StreamHandle } from 'sluice-kit';
import { createRing, type Ring } from './ring.ts';

/** What the page itself can see of its smoothness, from what begins after the meter was made. Samples are `[time, value]`, both in ms. */
export interface Meter {
  /** From one animation frame to the next. */
  readonly frames: Ring;
  /** From a stream's text reaching the page to the paint that shows it. */
  readonly lag: Ring;
  /** From an input of yours to the paint after it (Event Timing; durations under 16 ms are not reported by browsers). */
  readonly input: Ring;
  /** Main-thread tasks over 50 ms. */
  longTasks(): number;
  /** Follows a stream and the panel that shows it. Returns the function that stops it. */
  follow(handle: StreamHandle, panel: Element): () => void;
  stop(): void;
}

export function createMeter(): Meter {
  const [frames, lag, input] = [createRing(), createRing(), createRing()];
  let longTasks = 0;
  let last = 0;
  const painted: number[] = [];
  let request = requestAnimationFrame(function frame(now) {
    if (last > 0 && !document.hidden) frames.push(now, now - last);
    last = now;
    request = requestAnimationFrame(frame);
    afterFrame.port2.postMessage(undefined);
  });
  const tasks = observe('longtask', (entries) => {
    longTasks += entries.length;
  });
  const events = observe('event', (entries) => {
    for (const { startTime, duration, name } of entries) if (/^(key|pointer|click)/.test(name)) input.push(startTime, duration);
  });

  // A message posted within a frame is delivered after that frame is produced. What is written between two frames waits for the next one's.
  const afterFrame = new MessageChannel();
  afterFrame.port1.onmessage = () => {
    const now = performance.now();
    for (const since of painted.splice(0)) lag.push(now, now - since);
  };

  return {
    frames,
    lag,
    input,
    longTasks: () => longTasks,
    follow(handle, panel) {
      let since: number | undefined;
      let length = handle.record.text.length;
      const unsubscribe = handle.subscribe(() => {
        const grown = handle.record.text.length;
        if (grown !== length) since ??= performance.now();
        length = grown;
      });
      const changes = new MutationObserver((records) => {
        if (since === undefined || !records.some(({ target }) => isText(target))) return;
        painted.push(since);
        since = undefined;
      });
      changes.observe(panel, { childList: true, characterData: true, subtree: true });
      return () => {
        unsubscribe();
        changes.disconnect();
      };
    },
    stop() {
      cancelAnimationFrame(request);
      tasks?.disconnect();
      events?.disconnect();
      afterFrame.port1.close();
    },
  };
}

/** Within a panel's text, not its title or figures. */
function isText(node: Node): boolean {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest('[data-stream-body]') != null;
}

/** Absent in browsers without that kind of entry. */
function observe(type: 'longtask' | 'event', onEntries: (entries: PerformanceEntryList) => void): PerformanceObserver | undefined {
  if (!PerformanceObserver.supportedEntryTypes.includes(type)) return undefined;
  const since = performance.now();
  const observer = new PerformanceObserver((list) => onEntries(list.getEntries().filter(({ startTime }) => startTime >= since)));
  // `durationThreshold` is not in every DOM library yet.
  observer.observe({ type, durationThreshold: 16 } as PerformanceObserverInit);
  return observer;
}
