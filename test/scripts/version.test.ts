import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { root } from '../project/repository.ts';

const script = pathToFileURL(join(root, 'scripts/version.js')).href;

test.for([
  ['18.20.4', 1],
  ['22.18.0', 1],
  ['24.0.0', 0],
  ['26.10.0', 0],
] as const)('on Node %s the scripts end with %i', ([version, status]) => {
  const code = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); await import('${script}');`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  expect(run.status).toBe(status);
  expect(run.stderr).toBe(
    status === 0
      ? ''
      : `This is Node ${version}, and Sluice needs Node 24 or newer. The project brings its own: run \`npm ci\` with install scripts allowed, then use the npm scripts (npm test, npm start, npm run …).\n`,
  );
});
