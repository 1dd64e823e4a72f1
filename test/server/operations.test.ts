import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSqliteStorage } from '../../server/index.ts';
import { temporaryDirectory } from '../support/directory.ts';
import { scrape } from '../support/metrics.ts';
import { startRelay } from '../support/relay.ts';

const docs = join(import.meta.dirname, '../../docs');

/** Metrics of a relay with everything. */
async function metrics(): Promise<ReadonlyMap<string, string>> {
  const { url } = await startRelay({ webTransport: false, storage: createSqliteStorage({ directory: temporaryDirectory() }) });
  return (await scrape(url)).types;
}

test('every metric is in docs/OPERATIONS.md with its type, and none that is not', async () => {
  const rows = readFileSync(join(docs, 'OPERATIONS.md'), 'utf8').matchAll(/^\| `(\w+)` \| (counter|gauge|histogram) \|/gm);
  const documented = new Map([...rows].map(([, name = '', type = '']) => [name, type]));
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(await metrics()));
});

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(readFileSync(join(docs, 'grafana.json'), 'utf8'));

test('every metric that the dashboard asks for exists, with a rate of all counters and of nothing else', async () => {
  const types = await metrics();
  const asked = new Set<string>();
  for (const expr of dashboard.panels.flatMap(({ targets = [] }) => targets.map((target) => target.expr))) {
    for (const [, rate, name = ''] of expr.matchAll(/((?:rate|increase)\()?\b((?:sluice|process)_\w+)/g)) {
      const base = types.has(name) ? name : name.replace(/_bucket$/, '');
      expect(types.get(base), `${name} in ${expr}`).toBeDefined();
      expect(rate !== undefined, `rate of ${name} in ${expr}`).toBe(types.get(base) !== 'gauge');
      asked.add(base);
    }
  }
  expect(asked.size).toBeGreaterThan(30);
});

test('the panels of the dashboard have ids and places of their own', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const [index, { gridPos: a }] of panels.entries()) {
    expect(a.x + a.w).toBeLessThanOrEqual(24);
    for (const { gridPos: b } of panels.slice(index + 1))
      expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
  }
});
