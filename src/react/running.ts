import { createLater, type Later } from './later.ts';

/**
 * What panels need once a stream runs, and none before: loaded when the first has begun. Where it cannot be, answers are
 * shown, and their ends, without what stands beside them.
 */
export const running: Later<typeof import('./running/index.ts')> = createLater(() => import('./running/index.ts'), 'Only text shows.');
