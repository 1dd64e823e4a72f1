/** What the observer in the page has seen. Times are the page's `performance.now()`, ms. */
export interface Observations {
  /** Timestamps of all frames of the main thread. */
  readonly frames: readonly number[];
  /** [when the frame was produced, panel, newest serial in it], for each change. */
  readonly painted: readonly (readonly [at: number, panel: number, serial: number])[];
  /** [when the key was pressed, when its handler ran, when the frame after it was produced]. */
  readonly keys: readonly (readonly [pressed: number, handled: number, painted: number])[];
  readonly longTasks: readonly (readonly [at: number, ms: number])[];
  /** [when, ms]: what the observer itself took in each frame. */
  readonly ownMs: readonly (readonly [at: number, ms: number])[];
  /** Calls of a mutation observer, and the mutations they told, while it was on. */
  readonly mutationBatches: number;
  readonly mutations: number;
  /** When a hidden page became visible, before it could do anything about it; the last time. */
  readonly visibleAt: number | undefined;
  readonly errors: readonly string[];
}

export interface Probe {
  start(): void;
  now(): number;
  watchMutations(on: boolean): void;
  /** Of React's roots so far, all copies of React in the page together. */
  commits(): number;
  observations(): Observations;
  /** Newest serial of each panel, now. */
  serials(): number[];
  /** What each panel shows. */
  texts(): string[];
}

/**
 * Runs in the page, in front of its own scripts, the same for every subject: it stands alone, since its source is what is sent.
 * A frame counts as produced when the first task after it runs: style, layout, paint and commit are done then.
 */
export function installProbe(): void {
  const frames: number[] = [];
  const painted: [number, number, number][] = [];
  const keys: [number, number, number][] = [];
  const longTasks: [number, number][] = [];
  const ownMs: [number, number][] = [];
  const errors: string[] = [];
  let visibleAt: number | undefined;
  let mutationBatches = 0;
  let mutations = 0;
  let commits = 0;
  let hosts: Element[] = [];
  let last: number[] = [];
  let pressed: [number, number, number][] = [];
  let running = false;

  const scheduler = (globalThis as unknown as { scheduler: { postTask(task: () => void, options: { priority: string }): void } }).scheduler;

  /** A serial word is `q` and four hexadecimal digits; the newest is the last one in the document's order. */
  const newestSerial = (host: Element): number => {
    const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
    let node: Node | null = host;
    while (node.lastChild !== null) node = node.lastChild;
    walker.currentNode = node;
    for (let left = 200; left > 0 && node !== null; left -= 1) {
      if (node.nodeType === Node.TEXT_NODE) {
        const { data } = node as Text;
        for (let at = data.lastIndexOf('q'); at >= 0; at = at === 0 ? -1 : data.lastIndexOf('q', at - 1)) {
          const digits = data.slice(at + 1, at + 5);
          if (/^[0-9a-f]{4}$/.test(digits)) return Number.parseInt(digits, 16);
        }
      }
      node = walker.previousNode();
    }
    return -1;
  };

  const produced = (): void => {
    const at = performance.now();
    for (const key of pressed) key[2] = at;
    pressed = [];
    for (let panel = 0; panel < hosts.length; panel += 1) {
      const serial = newestSerial(hosts[panel] as Element);
      if (serial === last[panel]) continue;
      last[panel] = serial;
      painted.push([at, panel, serial]);
    }
    ownMs.push([at, performance.now() - at]);
  };

  const frame = (at: number): void => {
    frames.push(at);
    scheduler.postTask(produced, { priority: 'user-blocking' });
    if (running) requestAnimationFrame(frame);
  };

  const findHosts = (): Element[] =>
    Array.from(document.querySelectorAll('[data-panel]'))
      .sort((a, b) => Number((a as HTMLElement).dataset['panel']) - Number((b as HTMLElement).dataset['panel']))
      .map((panel) => panel.querySelector('[data-panel-text], [data-stream-body]') ?? panel);

  const changes = new MutationObserver((records) => {
    mutationBatches += 1;
    mutations += records.length;
  });

  // Where React's own tools would be: builds for production tell them of commits, too.
  const reactTools = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot() {
      commits += 1;
    },
  };
  Object.assign(globalThis, { __REACT_DEVTOOLS_GLOBAL_HOOK__: reactTools });

  addEventListener(
    'visibilitychange',
    () => {
      if (!document.hidden) visibleAt = performance.now();
    },
    { capture: true },
  );
  addEventListener('error', ({ message }) => void errors.push(message));
  addEventListener('unhandledrejection', ({ reason }) => void errors.push(String(reason)));

  const probe: Probe = {
    start() {
      const bar = document.createElement('output');
      bar.setAttribute('style', 'position:fixed;top:8px;left:8px;width:24px;height:24px;contain:strict;background:#888');
      document.body.append(bar);
      let count = 0;
      addEventListener(
        'keydown',
        (event) => {
          const key: [number, number, number] = [event.timeStamp, performance.now(), Number.NaN];
          count += 1;
          bar.style.background = count % 2 === 0 ? '#888' : '#0b6b61';
          keys.push(key);
          pressed.push(key);
        },
        { capture: true },
      );
      new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) longTasks.push([startTime, duration]);
      }).observe({ type: 'longtask' });
      hosts = findHosts();
      last = hosts.map(() => -1);
      running = true;
      requestAnimationFrame(frame);
    },
    now: () => performance.now(),
    watchMutations(on) {
      if (on) changes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      else changes.disconnect();
    },
    commits: () => commits,
    observations: () => ({ frames, painted, keys, longTasks, ownMs, mutationBatches, mutations, visibleAt, errors }),
    serials: () => hosts.map(newestSerial),
    texts: () => hosts.map((host) => host.textContent ?? ''),
  };
  (globalThis as unknown as { benchProbe: Probe }).benchProbe = probe;
}
