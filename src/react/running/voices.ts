import type { Announcer, Outcome } from '../announcer.ts';

const gatherMs = 1000;
// A region keeps its message long enough to be read, then empties, so that the same message can be spoken again.
const clearMs = 10_000;

const polite = createVoice('polite', 'status', gatherMs);
const assertive = createVoice('assertive', 'alert', 50);

const good: Partial<Record<Outcome, string>> = { done: 'answer complete.', stopped: 'stopped.', copied: 'copied.' };
const bad: Partial<Record<Outcome, string>> = {
  failed: 'failed.',
  'not-stopped': 'could not be stopped.',
  'not-copied': 'could not be copied. The browser refused; select the text instead.',
};

/** The two voices of this page, each with a region of its own. Not for servers. */
export const voices: Announcer = {
  polite,
  assertive,
  tell(name, outcome, error) {
    const said = good[outcome];
    if (said !== undefined) polite(`${name}: ${said}`);
    const failed = bad[outcome];
    if (failed !== undefined) assertive([name, failed, error?.message].filter(Boolean).join(' '));
  },
};

function createVoice(name: 'polite' | 'assertive', role: 'status' | 'alert', delayMs: number): (message: string) => void {
  let region: HTMLElement | undefined;
  let gathered: string[] = [];
  let clearing: ReturnType<typeof setTimeout> | undefined;
  return (message) => {
    gathered.push(message);
    // A region must be in the document before its text changes, or nothing is spoken.
    if (region?.isConnected !== true) region = createRegion(name, role);
    const element = region;
    if (gathered.length > 1) return;
    setTimeout(() => {
      const [first, second, third, ...rest] = gathered;
      element.textContent = [first, second, third, rest.length > 0 ? `And ${rest.length} more.` : undefined].filter(Boolean).join(' ');
      gathered = [];
      clearTimeout(clearing);
      clearing = setTimeout(() => element.replaceChildren(), clearMs);
    }, delayMs);
  };
}

function createRegion(name: 'polite' | 'assertive', role: 'status' | 'alert'): HTMLElement {
  const element = document.createElement('div');
  element.className = 'sluice-announcer';
  element.setAttribute('role', role);
  element.setAttribute('data-sluice-announcer', name);
  document.body.append(element);
  return element;
}
