import { type Cell, viewOf } from '../cell.ts';
import type { Run } from '../journal.ts';
import { isOurs } from '../plan.ts';
import { medianOf, trialsOf } from './tables.ts';

/** The peer with the least main-thread share at 8 × 200 in a view, of those that lost nothing; undefined where none was measured. */
export function bestPeers(run: Run): (cell: Cell) => string | undefined {
  return (cell) => {
    const base = `${viewOf(cell)}:8x200`;
    const peers = Array.from(new Set(run.entries.filter((entry) => entry.cell === base).map(({ subject }) => subject))).filter(
      (name) => !isOurs({ name }) && name !== 'set-state',
    );
    const costs = peers.flatMap((name) => {
      const trials = trialsOf(run, base, name).filter(({ figures }) => figures.exact);
      return trials.length === 0 ? [] : [{ name, cost: medianOf(trials, ({ mainThread }) => mainThread) }];
    });
    return costs.sort((a, b) => a.cost - b.cost)[0]?.name;
  };
}
