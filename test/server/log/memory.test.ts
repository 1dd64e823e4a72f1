import { expect, test } from 'vitest';
import { createMemoryStorage } from '../../../server/log/index.ts';
import { logContract } from './log.contract.ts';

logContract('memory', (limits, now) => createMemoryStorage(limits, now));

test('an impossible bound is refused with its name', () => {
  expect(() => createMemoryStorage({ graceMs: -1 })).toThrow(
    expect.objectContaining({ code: 'bad_option', message: expect.stringContaining('graceMs') }),
  );
});
