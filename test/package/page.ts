import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { chromiumArgs, ensureChromium } from '../../scripts/chromium.ts';
import { type App, write } from './app.ts';

/** A relay of the installed package, for pages of one origin. */
const relayScript = `import { createRelay } from 'sluice-kit/server';
const relay = createRelay({ allowedOrigins: process.argv.slice(2) });
const { url } = await relay.listen({ port: 0 });
console.log(url);
`;

/**
 * Opens the app in Chromium and holds it to what every app may expect: two panels stream to their end over a worker,
 * show what the relay says, and nothing complains in the console.
 */
export async function expectStreaming(app: App, origin: string): Promise<void> {
  write(app, 'relay.js', relayScript);
  const relay = await app.serve('relay.js', origin);
  const page = await (await openBrowser()).newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.text()} (${message.location().url})`);
  });

  await page.goto(`${origin}/?relay=${encodeURIComponent(relay)}`);
  await page.locator('[data-stream-panel][data-status="done"]').nth(1).waitFor({ timeout: 60_000 });

  expect(page.workers()).toHaveLength(1);
  expect(await page.locator('[data-connection]').first().getAttribute('data-transport')).toMatch(/^(webtransport|websocket|sse)$/);
  const panels = await page.locator('[data-stream-panel]').all();
  expect(panels).toHaveLength(2);
  for (const panel of panels) {
    const stream = await (await fetch(new URL(`/v1/streams/${await panel.getAttribute('data-stream-id')}`, relay))).json();
    expect(stream.text.length).toBeGreaterThan(100);
    expect(await panel.locator('[data-stream-body]').evaluate((body) => body.textContent)).toBe(stream.text);
  }
  expect(complaints).toEqual([]);
}

export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: [...chromiumArgs] });
  onTestFinished(() => browser.close());
  return browser;
}

/** A program of an installed package. */
export function program(name: string, path: string): string {
  return join('node_modules', name, path);
}
