import { createLater, type Later } from '../later.ts';
import type { Pacer } from '../pacing.ts';

export const pacing: Later<typeof import('../pacing.ts')> = createLater(
  () => import('../pacing.ts'),
  'Pacing could not be loaded; text is shown as it comes.',
);
let isAsked = false;

/** Loaded with the first that is asked for; `undefined` until then. The reader's wish for reduced motion comes first. */
export function createPacer(): Pacer | undefined {
  if (!isAsked) void pacing.load();
  isAsked = true;
  const pacer = pacing.module?.createPacer();
  return pacer && { ...pacer, limit: (now, text) => (reducesMotion() ? text.length : pacer.limit(now, text)) };
}

function reducesMotion(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;
}
