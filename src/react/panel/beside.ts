import { createLater, type Later } from '../later.ts';

/** Shows the parts that stand beside the text. Loaded with the first such part: no panel has it on display before. */
export const beside: Later<typeof import('./parts/index.ts')> = createLater(
  () => import('./parts/index.ts'),
  'Reasoning, tool calls and sources could not be loaded; answers are shown without them.',
);
