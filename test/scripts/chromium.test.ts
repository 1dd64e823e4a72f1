import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { root } from '../project/repository.ts';

describe('the browser of the tests', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-chromium-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is CHROMIUM_PATH where that is set', () => {
    const path = program('my-browser');
    expect(find({ CHROMIUM_PATH: path, PATH: '' })).toEqual({ status: 0, output: `Chromium: ${path}\n` });
  });

  test('is never another one than CHROMIUM_PATH names', () => {
    program('chromium');
    const { status, output } = find({ CHROMIUM_PATH: '/nowhere/chromium', PATH: folder });
    expect(status).toBe(1);
    expect(output).toContain('CHROMIUM_PATH is /nowhere/chromium, which cannot be run');
  });

  test.for(['chromium', 'chromium-browser', 'google-chrome'])('is %s where that is on the PATH', (name) => {
    const path = program(name);
    expect(find({ PATH: folder })).toEqual({ status: 0, output: `Chromium: ${path}\n` });
  });

  test('is installed as a package where there is none and that needs no question, else the message says how', () => {
    // Stands in for Debian's package manager: what it is asked is noted, and "installs" the browser.
    const log = join(folder, 'log');
    program(
      'apt-get',
      `echo "$*" >> ${log}; case "$*" in *install*) printf '#!/bin/sh\\n' > ${folder}/chromium; /bin/chmod +x ${folder}/chromium;; esac`,
    );
    const { status, output } = find({ PATH: folder, HOME: folder, PLAYWRIGHT_BROWSERS_PATH: folder });
    const canInstall = process.getuid?.() === 0 && spawnSync('test', ['-f', '/etc/debian_version']).status === 0;
    if (canInstall) {
      expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining(`Chromium: ${folder}/chromium`) });
    } else {
      expect({ status, output }).toEqual({ status: 1, output: expect.stringContaining('sudo apt-get install chromium') });
    }
  });

  function program(name: string, body = ''): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  function find(env: { readonly [name: string]: string }): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/chromium.ts')], { env, encoding: 'utf8' });
    return { status, output: stderr + stdout };
  }
});
