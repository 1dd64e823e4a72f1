import { createLater, type Later } from './later.ts';

/** Speaks to screen readers: one polite and one assertive region for the page. */
export interface Announcer {
  /** When the reader is free. What comes within a second is spoken together. */
  polite(message: string): void;
  /** At once: failures. */
  assertive(message: string): void;
}

/** Loaded while the first answer arrives, so that a network that then fails takes no voice with it; else with the first message. */
export const voices: Later<typeof import('./voices.ts')> = createLater(
  () => import('./voices.ts'),
  'What speaks to screen readers could not be loaded; nothing is announced.',
);

/** The announcer of this page. Not for servers. */
export const announcer: Announcer = { polite: (message) => say('polite', message), assertive: (message) => say('assertive', message) };

function say(voice: keyof Announcer, message: string): void {
  void voices.load().then((module) => module?.voices[voice](message));
}
