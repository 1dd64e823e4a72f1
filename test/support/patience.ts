import { type VitestUtils, vi } from 'vitest';

const { waitFor } = vi;

/** `vi.waitFor` gives up after 10 s where a test does not say when: on a busy machine its second is soon over. */
vi.waitFor = ((callback, options) =>
  waitFor(callback, { timeout: 10_000, ...(typeof options === 'number' ? { timeout: options } : options) })) as VitestUtils['waitFor'];
