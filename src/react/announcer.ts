import type { Shown } from './panel/display.ts';
import { running } from './running.ts';

export type Outcome = Shown['status'] | 'not-stopped' | 'copied' | 'not-copied';

/** Speaks to screen readers: one polite and one assertive region for the page. */
export interface Announcer {
  /** When the reader is free. What comes within a second is spoken together. */
  polite(message: string): void;
  /** At once: failures. */
  assertive(message: string): void;
  /** What came of the answer, or of a press of a button. Not that it goes on. */
  tell(name: string, outcome: Outcome, error?: { readonly message: string }): void;
}

/** The announcer of this page. Not for servers. */
export const announcer: Announcer = {
  polite: (message) => speak((voices) => voices.polite(message)),
  assertive: (message) => speak((voices) => voices.assertive(message)),
  tell: (name, outcome, error) => speak((voices) => voices.tell(name, outcome, error)),
};

function speak(act: (voices: Announcer) => void): void {
  void running.load().then((module) => module && act(module.voices));
}
