import type { Shown } from './panel/display.ts';
import { running } from './running.ts';

/** Speaks to screen readers: one polite and one assertive region for the page. */
export interface Announcer {
  /** When the reader is free. What comes within a second is spoken together. */
  polite(message: string): void;
  /** At once: failures. */
  assertive(message: string): void;
  /** How an answer has ended, if it has. */
  ending(name: string, status: Shown['status'], error: Shown['error']): void;
}

/** The announcer of this page. Not for servers. */
export const announcer: Announcer = {
  polite: (message) => speak((voices) => voices.polite(message)),
  assertive: (message) => speak((voices) => voices.assertive(message)),
  ending: (name, status, error) => speak((voices) => voices.ending(name, status, error)),
};

function speak(act: (voices: Announcer) => void): void {
  void running.load().then((module) => module && act(module.voices));
}
