import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { chromiumArgs, ensureChromium } from '../../scripts/chromium.ts';
import { sourceWorker } from '../../scripts/worker.ts';
import { root } from '../project/repository.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'sluice-plugins-'));
let browser: Browser;

beforeAll(async () => {
  const own = join(import.meta.dirname, 'page');
  await build({
    root: own,
    configFile: false,
    logLevel: 'error',
    plugins: [sourceWorker()],
    worker: { format: 'es', plugins: () => [sourceWorker()] },
    build: {
      outDir: folder,
      emptyOutDir: true,
      // The libraries are fetched as they are, each from an address of its own.
      rolldownOptions: { input: join(own, 'page.html'), external: ['katex', 'mermaid', /^@shikijs\/(langs|themes)\//] },
    },
  });
  browser = await chromium.launch({ executablePath: ensureChromium(), args: [...chromiumArgs] });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Site {
  readonly page: Page;
  /** Warnings of the console. */
  readonly warnings: readonly string[];
  /** Libraries that were asked for and not given, in order. */
  readonly refused: readonly string[];
  recover(): void;
}

/** The page, on a server that breaks the connection of who asks for a library `isBroken` names. */
async function openSite(isBroken: (path: string) => boolean): Promise<Site> {
  const refused: string[] = [];
  let isUp = false;
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://page').pathname);
    const isLibrary = path.startsWith('/modules/');
    if (isLibrary && !isUp && isBroken(path)) {
      refused.push(path);
      response.destroy();
      return;
    }
    const file = isLibrary ? join(root, 'node_modules', path.slice('/modules/'.length)) : join(folder, path);
    readFile(file).then(
      (body) => response.writeHead(200, { 'content-type': extname(path) === '.html' ? 'text/html' : 'text/javascript' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await browser.newPage();
  onTestFinished(async () => {
    await page.close();
    server.closeAllConnections();
    server.close();
  });
  const warnings: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`);
  await page.waitForSelector('[data-status="done"]');
  return {
    page,
    warnings,
    refused,
    recover() {
      isUp = true;
    },
  };
}

const formulas = '.katex-html';
const drawn = '.sluice-diagram [role="img"] svg';
const coloured = '[data-language="json"]:has([class*="sluice-token-"])';

test('[UI28] what could not be loaded is there once it can be, without another block and without a reload', async () => {
  const { page, warnings, refused, recover } = await openSite(() => true);
  // Each is asked for again while the server is down.
  await expect.poll(() => refused.filter((path) => path.includes('katex')).length).toBeGreaterThan(1);
  for (const name of ['mermaid.esm', 'themes', 'json'])
    await expect.poll(() => refused.filter((path) => path.includes(name)).length).toBeGreaterThan(1);
  expect(await page.locator('.sluice-math-source').allTextContents()).toEqual(['a^2', 'b = 3 × 10^{−2}', 'é_{中}', '\\sum_{i=1}^n i']);
  expect(await page.locator('code').allTextContents()).toEqual(
    expect.arrayContaining(['graph TD; A-->B', 'graph TD; C-->D', '{ "a": 1 }', '{ "b": 2 }']),
  );
  for (const selector of [formulas, drawn, coloured, '.sluice-diagram-error']) expect(await page.locator(selector).count()).toBe(0);
  // Said once of each, however many blocks wait and however often it is tried.
  for (const name of ['KaTeX', 'Mermaid', 'themes', '“json”']) expect(warnings.filter((text) => text.includes(name))).toHaveLength(1);
  recover();
  await expect.poll(() => page.locator(formulas).count(), { timeout: 20_000 }).toBe(4);
  await expect.poll(() => page.locator(drawn).count(), { timeout: 20_000 }).toBe(2);
  await expect.poll(() => page.locator(coloured).count(), { timeout: 20_000 }).toBe(2);
  expect(await page.locator('.sluice-math-source, .sluice-diagram-error').count()).toBe(0);
});

test('[UI28] a part of Mermaid that could not be loaded is tried again, too', async () => {
  const { page, warnings, refused, recover } = await openSite((path) => path.includes('flowDiagram'));
  await expect.poll(() => page.locator(formulas).count()).toBe(4);
  await expect.poll(() => refused.length).toBeGreaterThan(2);
  expect(await page.locator('.sluice-diagram-error').count()).toBe(0);
  expect(await page.locator('.sluice-diagram code').allTextContents()).toEqual(['graph TD; A-->B', 'graph TD; C-->D']);
  recover();
  await expect.poll(() => page.locator(drawn).count(), { timeout: 20_000 }).toBe(2);
  expect(warnings.filter((text) => text.includes('Mermaid'))).toHaveLength(1);
});

test('[UI26] formulas leave the console alone', async () => {
  const { page, warnings } = await openSite(() => false);
  await expect.poll(() => page.locator(formulas).count()).toBe(4);
  expect(warnings).toEqual([]);
});
