import { quantile, type Sample } from './ring.ts';

export interface PlotProps {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** `performance.now()` at the right edge. */
  readonly now: number;
  readonly spanMs: number;
  /** A line to stay under, ms. */
  readonly limitMs: number;
}

const width = 320;
const height = 72;

/** The highest value of each pixel column over the last seconds, with its quantiles in words. */
export function Plot({ name, samples, now, spanMs, limitMs }: PlotProps): React.ReactNode {
  const columns = new Map<number, number>();
  for (const { at, value } of samples) {
    const x = Math.floor(((at - now + spanMs) / spanMs) * width);
    columns.set(x, Math.max(columns.get(x) ?? 0, value));
  }
  const top = Math.max(2 * limitMs, quantile(samples, 0.99));
  const y = (value: number): number => height - (Math.min(value, top) / top) * height;
  const path = [...columns]
    .sort(([a], [b]) => a - b)
    .map(([x, value]) => `${x},${y(value).toFixed(1)}`)
    .join(' ');
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => (samples.length === 0 ? '–' : `${Math.round(quantile(samples, share))} ms`));
  return (
    <figure className="bench-plot">
      <figcaption>{name}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${name}: median ${p50}, 95th percentile ${p95}`}>
        <line x1="0" x2={width} y1={y(limitMs)} y2={y(limitMs)} className="bench-limit" />
        <text x="2" y={y(limitMs) - 3} className="bench-scale">
          {limitMs} ms
        </text>
        <polyline points={path} className="bench-line" />
      </svg>
      <dl>
        <Value name="p50" value={p50} />
        <Value name="p95" value={p95} />
        <Value name="p99" value={p99} />
      </dl>
    </figure>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: string | undefined }): React.ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
