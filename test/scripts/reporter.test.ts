import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../project/repository.ts';

const cases: readonly (readonly [what: string, files: { readonly [name: string]: string }, closing: string, status: number])[] = [
  ['passed tests', { a: "test('a', () => {}); test('b', () => {});" }, '2 passed, 0 failed', 0],
  [
    'failed and skipped tests',
    { a: "test('a', () => { throw new Error('x'); }); test.skip('b', () => {});" },
    '0 passed, 1 failed, 1 skipped',
    1,
  ],
  ['a file that cannot be loaded', { a: "test('a', () => {});", b: "import './missing.ts';" }, '1 passed, 1 failed', 1],
  ['a file without tests', { a: "test('a', () => {});", b: 'export {};' }, '1 passed, 1 failed', 1],
  ['an error nobody handled', { a: "test('a', () => { void Promise.reject(new Error('x')); });" }, '1 passed, 1 failed', 1],
  ['a hook that fails after the tests', { a: "afterAll(() => { throw new Error('x'); }); test('a', () => {});" }, '1 passed, 1 failed', 1],
  [
    'a suite hook that fails',
    { a: "describe('s', () => { afterAll(() => { throw new Error('x'); }); test('a', () => {}); });" },
    '1 passed, 1 failed',
    1,
  ],
  ['nothing at all', {}, '0 passed, 1 failed', 1],
];

test.for(cases)('the closing line counts %s', async ([, files, closing, status]) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-reporter-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [name, body] of Object.entries(files)) {
    writeFileSync(
      join(folder, `${name}.test.ts`),
      `import { afterAll, describe, test } from 'vitest'; void [afterAll, describe];\n${body}\n`,
    );
  }
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', folder, '--reporter', join(root, 'scripts/reporter.ts')];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(output.split('\n').slice(-2)).toEqual([closing, '']);
  expect(code).toBe(status);
});
