import type { Announcer } from './announcer.ts';

const gatherMs = 1000;
/** A region keeps its message long enough to be read, then empties, so that the same message can be spoken again. */
const clearMs = 10_000;

/** The two voices of this page, each a region of its own. Not for servers. */
export const voices: Announcer = { polite: createVoice('polite', 'status', gatherMs), assertive: createVoice('assertive', 'alert', 50) };

function createVoice(name: keyof Announcer, role: 'status' | 'alert', delayMs: number): (message: string) => void {
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

function createRegion(name: keyof Announcer, role: 'status' | 'alert'): HTMLElement {
  const element = document.createElement('div');
  element.className = 'sluice-announcer';
  element.setAttribute('role', role);
  element.setAttribute('data-sluice-announcer', name);
  document.body.append(element);
  return element;
}
