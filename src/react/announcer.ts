/** Speaks to screen readers: one polite and one assertive region for the page. */
export interface Announcer {
  /** When the reader is free. What comes within a second is spoken together. */
  polite(message: string): void;
  /** At once: failures. */
  assertive(message: string): void;
}

const gatherMs = 1000;
/** A region keeps its message long enough to be read, then empties, so that the same message can be spoken again. */
const clearMs = 10_000;

function createAnnouncer(region: (role: 'status' | 'alert') => HTMLElement): Announcer {
  const voice = (role: 'status' | 'alert', delayMs: number): ((message: string) => void) => {
    let gathered: string[] = [];
    let clearing: ReturnType<typeof setTimeout> | undefined;
    return (message) => {
      gathered.push(message);
      // A region must be in the document before its text changes, or nothing is spoken.
      const element = region(role);
      if (gathered.length > 1) return;
      setTimeout(() => {
        const [first, second, third, ...rest] = gathered;
        element.textContent = [first, second, third, rest.length > 0 ? `And ${rest.length} more.` : undefined].filter(Boolean).join(' ');
        gathered = [];
        clearTimeout(clearing);
        clearing = setTimeout(() => element.replaceChildren(), clearMs);
      }, delayMs);
    };
  };
  return { polite: voice('status', gatherMs), assertive: voice('alert', 50) };
}

let pageAnnouncer: Announcer | undefined;

/** The announcer of this page. Not for servers. */
export function announcer(): Announcer {
  const regions = new Map<string, HTMLElement>();
  pageAnnouncer ??= createAnnouncer((role) => {
    let element = regions.get(role);
    if (element === undefined || !element.isConnected) {
      element = document.createElement('div');
      element.className = 'sluice-announcer';
      element.setAttribute('role', role);
      element.setAttribute('data-sluice-announcer', role === 'alert' ? 'assertive' : 'polite');
      document.body.append(element);
      regions.set(role, element);
    }
    return element;
  });
  return pageAnnouncer;
}
