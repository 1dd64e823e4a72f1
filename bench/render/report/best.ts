import { type Cell, viewOf } from '../cell.ts';
import type { Run, Trial } from '../journal.ts';
import { isOurs } from '../plan.ts';
import { medianOf, trialsOf } from './tables.ts';

/**
 * The peer with the least main-thread share at 8 × 200 in a view, of those that lost nothing, and where some were measured with the
 * same commit as Sluice, of those; undefined where none was measured.
 */
export function bestPeers(run: Run): (cell: Cell) => string | undefined {
  return (cell) => {
    const base = `${viewOf(cell)}:8x200`;
    const peers = Array.from(new Set(run.entries.filter((entry) => entry.cell === base).map(({ subject }) => subject))).filter(
      (name) => !isOurs({ name }) && name !== 'set-state',
    );
    const least = (trialsOfPeer: (name: string) => Trial[]): string | undefined =>
      peers
        .map((name) => ({ name, cost: medianOf(trialsOfPeer(name), ({ mainThread }) => mainThread) }))
        .filter(({ cost }) => Number.isFinite(cost))
        .sort((a, b) => a.cost - b.cost)[0]?.name;
    const exact = (name: string): Trial[] => trialsOf(run, base, name).filter(({ figures }) => figures.exact);
    const commit = trialsOf(run, base, 'sluice').at(-1)?.commit;
    return least((name) => exact(name).filter((trial) => trial.commit === commit)) ?? least(exact);
  };
}
