import { storybookTest } from '@storybook/addon-vitest/vitest-plugin';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArgs, findChromium } from './scripts/chromium.ts';
import { endToEndCommands } from './scripts/e2e.ts';
import { sourceWorker } from './scripts/worker.ts';

const executablePath = findChromium();

/** Fresh for each project: vitest writes into it. */
const chromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: { ...(executablePath ? { executablePath } : {}), args: [...chromiumArgs] } }),
  instances: [{ browser: 'chromium' as const }],
});

/** For a busy machine: what passes waits no longer, and what hangs is still ended. */
const patience = {
  testTimeout: 30_000,
  hookTimeout: 30_000,
  expect: { poll: { timeout: 10_000 } },
  setupFiles: ['test/support/patience.ts'],
};

/** What a page imports only later (a worker, a dynamic import): found in the middle of a run, it would reload the page. */
const optimizeDeps = {
  // One module a language or theme: as they are.
  exclude: ['@shikijs/langs', '@shikijs/themes'],
  include: [
    '@shikijs/engine-javascript',
    '@shikijs/primitive',
    '@shikijs/primitive/textmate',
    '@tanstack/virtual-core',
    'eventsource-parser',
    'eventsource-parser/stream',
    'katex',
    'mermaid',
    'msgpackr',
    'msgpackr/unpack',
    'react-dom/client',
    'react-dom/server',
    'react/jsx-dev-runtime',
    'zustand/vanilla',
  ],
};

export default defineConfig({
  test: {
    reporters: ['./scripts/reporter.ts'],
    projects: [
      {
        test: {
          ...patience,
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.dom.test.ts', 'test/**/*.browser.test.ts', 'test/package/**'],
        },
      },
      {
        plugins: [react(), sourceWorker()],
        test: { ...patience, name: 'dom', environment: 'happy-dom', include: ['test/**/*.dom.test.{ts,tsx}'] },
      },
      {
        plugins: [react(), sourceWorker()],
        worker: { format: 'es' },
        optimizeDeps,
        test: {
          ...patience,
          name: 'browser',
          sequence: { groupOrder: 1 },
          include: ['test/**/*.browser.test.{ts,tsx}'],
          browser: { ...chromium(), commands: endToEndCommands },
        },
      },
      {
        // Each story: rendered, played, and checked by axe (.storybook/preview.tsx).
        plugins: [storybookTest()],
        optimizeDeps,
        test: { ...patience, name: 'storybook', sequence: { groupOrder: 1 }, browser: chromium() },
      },
      {
        test: {
          ...patience,
          name: 'package',
          // Builds whole applications: alone, so that nobody else waits for a processor.
          sequence: { groupOrder: 2 },
          environment: 'node',
          include: ['test/package/**/*.test.ts'],
          globalSetup: 'test/package/setup.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
