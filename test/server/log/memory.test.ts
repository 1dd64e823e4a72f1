import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMemoryStorage } from '../../../server/log/index.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { logContract } from './log.contract.ts';

logContract('memory', (limits, now) => createMemoryStorage(limits, now));

test('an impossible bound is refused with its name', () => {
  expect(() => createMemoryStorage({ graceMs: -1 })).toThrow(
    expect.objectContaining({ code: 'bad_option', message: expect.stringContaining('graceMs') }),
  );
});

test('who keeps streams in memory does not load SQLite', () => {
  const server = join(import.meta.dirname, '../../../server/index.ts');
  const loaded = (storage: string): string =>
    execFileSync(process.execPath, [
      '--input-type=module',
      '--eval',
      `const { createRelay, createMemoryStorage, createSqliteStorage } = await import(${JSON.stringify(server)});
       const directory = ${JSON.stringify(temporaryDirectory())};
       createRelay({ providers: [], storage: ${storage} }).close();
       console.log(process.moduleLoadList.some((name) => name.endsWith(' sqlite')));`,
    ]).toString();
  expect(loaded('createMemoryStorage()')).toBe('false\n');
  expect(loaded('createSqliteStorage({ directory })')).toBe('true\n');
});
