import { onTestFinished } from 'vitest';
import { createSqliteStorage } from '../../../server/log/index.ts';
import { temporaryDirectory } from '../../support/directory.ts';
import { logContract } from './log.contract.ts';

logContract('sqlite', (limits, now) => {
  const storage = createSqliteStorage({ directory: temporaryDirectory(), ...limits }, now);
  onTestFinished(() => storage.close());
  return storage;
});
