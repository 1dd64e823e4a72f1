import { fileURLToPath } from 'node:url';
import type { Cell, SubjectName, Timing } from './scenario.ts';
import { type FailedTrial, runTrial, type Trial } from './trial.ts';

export interface FanOutOptions {
  readonly cells: readonly Cell[];
  readonly subjects: readonly SubjectName[];
  readonly timing: Timing;
  readonly say: (line: string) => void;
  /** Where profiles go, if wanted. */
  readonly profiles: URL | undefined;
}

/** All subjects take turns within a round, each round beginning with another one, so that a change of the machine's mood hits all. */
export async function runFanOut({ cells, subjects, timing, say, profiles }: FanOutOptions): Promise<(Trial | FailedTrial)[]> {
  const trials: (Trial | FailedTrial)[] = [];
  const everyone = ['source', ...subjects] as const;
  for (const cell of cells) {
    for (let round = 0; round < timing.rounds; round += 1) {
      for (let turn = 0; turn < everyone.length; turn += 1) {
        const subject = everyone[(turn + round) % everyone.length] as (typeof everyone)[number];
        const name = `${subject} ${cell.subscribers}x${cell.streams}`;
        const profile = profiles === undefined ? undefined : fileURLToPath(new URL(`${name.replace(' ', '-')}.cpuprofile`, profiles));
        const trial = await runTrial(subject, cell, round, timing, profile);
        trials.push(trial);
        say(`${name} round ${round + 1}: ${'failed' in trial ? trial.failed : `${trial.cpuPerDelivery.toFixed(2)} µs`}`);
      }
    }
  }
  return trials;
}
