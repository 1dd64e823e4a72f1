import { useEffect, useState } from 'react';
import type { Handles } from './handles.ts';

interface Figures {
  readonly running: number;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Median over the streams, ms. */
  readonly firstTokenMs: number | undefined;
}

const INTERVAL_MS = 500;

/** All streams together, twice a second. */
export function Totals({ handles }: { readonly handles: Handles }): React.ReactNode {
  const [figures, setFigures] = useState<Figures>({ running: 0, tokens: 0, tokensPerSecond: 0, firstTokenMs: undefined });
  useEffect(() => {
    let before = 0;
    const timer = setInterval(() => {
      const { running, tokens, firstTokenMs } = count(handles);
      const tokensPerSecond = Math.max(0, Math.round(((tokens - before) * 1000) / INTERVAL_MS));
      before = tokens;
      setFigures({ running, tokens, tokensPerSecond, firstTokenMs });
    }, INTERVAL_MS);
    return () => clearInterval(timer);
  }, [handles]);
  return (
    <dl className="demo-totals">
      <Figure name="Streaming" value={String(figures.running)} />
      <Figure name="Tokens" value={figures.tokens.toLocaleString('en')} />
      <Figure name="Tokens/s" value={figures.tokensPerSecond.toLocaleString('en')} />
      <Figure name="First token" value={figures.firstTokenMs === undefined ? '–' : `${Math.round(figures.firstTokenMs)} ms`} />
    </dl>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): React.ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function count(handles: Handles): Omit<Figures, 'tokensPerSecond'> {
  let running = 0;
  let tokens = 0;
  const first: number[] = [];
  for (const { record } of handles.all()) {
    if (record.summary.status === 'streaming') running += 1;
    tokens += record.deltas;
    if (record.firstTextAt > 0) first.push(record.firstTextAt - record.attachedAt);
  }
  first.sort((a, b) => a - b);
  return { running, tokens, firstTokenMs: first[first.length >> 1] };
}
