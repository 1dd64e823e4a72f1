export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The samples of the last seconds, oldest first. */
export interface Ring {
  push(at: number, value: number): void;
  since(at: number): readonly Sample[];
}

/** 20 s at 60 Hz with 64 streams would be more; what is older than the newest of these is forgotten. */
const maxSamples = 20_000;

export function createRing(): Ring {
  let samples: Sample[] = [];
  return {
    push(at, value) {
      samples.push({ at, value });
      if (samples.length > 2 * maxSamples) samples = samples.slice(-maxSamples);
    },
    since: (at) => samples.filter((sample) => sample.at >= at),
  };
}

/** `share` of the values are at or below it; 0 of none. */
export function quantile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ value }) => value).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
