import { useEffect, useMemo, useState } from 'react';
import { ConnectionStatus, StreamGrid, type StreamSource } from 'sluice-kit';
import { useBusy } from './busy.ts';
import { Lane } from './Lane.tsx';
import { createMeter, type Meter } from './meter.ts';
import { Plot } from './Plot.tsx';
import { readSettings, type Settings, writeSettings } from './settings.ts';

/** A minute of each answer. */
const SECONDS = 60;
const SPAN_MS = 10_000;
const REDRAW_MS = 250;

/** The benchmark by hand: load to choose, live plots, and a field to type in while it streams. */
export function Bench(): React.ReactNode {
  const [settings, setSettings] = useState(() => readSettings(location.search));
  const [run, setRun] = useState(0);
  const [running, setRunning] = useState(false);
  const busy = useBusy(settings.busyMs);
  const { streams, rate, renderer } = settings;
  // Everything but the load on the main thread begins anew; another renderer goes on with the same answers.
  const lanes = useMemo(() => (running ? lanesOf(streams, rate, run) : []), [running, run, streams, rate]);
  const meter = useMeter(`${run} ${streams} ${rate} ${renderer}`);
  const set = (change: Partial<Settings>): void => {
    const next = { ...settings, ...change };
    history.replaceState(null, '', writeSettings(next));
    setSettings(next);
  };
  return (
    <>
      <header className="demo-bar">
        <h1>Benchmark by hand</h1>
        <ConnectionStatus />
        <a href="/">Demo</a>
      </header>
      <form
        className="demo-controls"
        onSubmit={(event) => {
          event.preventDefault();
          setRun((count) => count + 1);
          setRunning(true);
        }}
      >
        <Range name="Streams" value={streams} min={1} max={64} onChange={(value) => set({ streams: value })} />
        <Range name="Tokens/s each" value={rate} min={10} max={1000} step={10} onChange={(value) => set({ rate: value })} />
        <Range name="Main thread busy elsewhere, %" value={busy} min={0} max={90} step={5} onChange={(value) => set({ busyMs: value })} />
        <label>
          Rendered by
          <select value={renderer} onChange={(event) => set({ renderer: event.target.value as Settings['renderer'] })}>
            <option value="plain">Sluice, plain</option>
            <option value="markdown">Sluice, Markdown</option>
            <option value="naive">React state for each update</option>
          </select>
        </label>
        <label>
          Type here while it streams
          <input placeholder="Does it keep up?" />
        </label>
        <div className="demo-buttons">
          <button type="submit" className="demo-primary">
            {running ? 'Start anew' : 'Start'}
          </button>
          <button type="button" onClick={() => setRunning(false)}>
            Stop
          </button>
        </div>
      </form>
      {meter !== undefined && (
        <>
          <Plots meter={meter} />
          <main>
            <StreamGrid minColumnWidth="14rem">
              {lanes.map(({ key, source, title }) => (
                <Lane key={key} source={source} title={title} renderer={renderer} meter={meter} />
              ))}
            </StreamGrid>
          </main>
        </>
      )}
    </>
  );
}

function Plots({ meter }: { readonly meter: Meter }): React.ReactNode {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), REDRAW_MS);
    return () => clearInterval(timer);
  }, []);
  const since = now - SPAN_MS;
  const frames = meter.frames.since(since);
  const long = frames.filter(({ value }) => value > 25).length;
  return (
    <section className="bench-plots" aria-label="Figures of the last ten seconds">
      <Plot name="Between frames" samples={frames} now={now} spanMs={SPAN_MS} limitMs={25} />
      <Plot name="From arrival on the page to paint" samples={meter.lag.since(since)} now={now} spanMs={SPAN_MS} limitMs={50} />
      <Plot name="From your input to paint" samples={meter.input.since(since)} now={now} spanMs={SPAN_MS} limitMs={50} />
      <p>
        {frames.length === 0 ? 0 : Math.round((100 * long) / frames.length)} % of frames over 25 ms · tasks over 50 ms since this began:{' '}
        {meter.longTasks()}
      </p>
    </section>
  );
}

interface RangeProps {
  readonly name: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly onChange: (value: number) => void;
}

function Range({ name, value, min, max, step = 1, onChange }: RangeProps): React.ReactNode {
  return (
    <label>
      {name}: {value}
      <input type="range" value={value} min={min} max={max} step={step} onChange={(event) => onChange(event.target.valueAsNumber)} />
    </label>
  );
}

/** Another one for each `subject`, so that no figure is of two. Made in an effect, because it observes the page from then on. */
function useMeter(subject: string): Meter | undefined {
  const [meter, setMeter] = useState<Meter>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: that is what is measured
  useEffect(() => {
    const made = createMeter();
    setMeter(made);
    return () => made.stop();
  }, [subject]);
  return meter;
}

interface LaneSource {
  readonly key: string;
  readonly source: StreamSource;
  readonly title: string;
}

function lanesOf(streams: number, rate: number, run: number): readonly LaneSource[] {
  return Array.from({ length: streams }, (_, index) => ({
    key: `${run}.${rate}.${index}`,
    title: `Answer ${index + 1}`,
    source: {
      request: {
        provider: 'scripted',
        model: 'scripted-markdown',
        prompt: 'Benchmark by hand.',
        options: { seed: index + 1, rate, tokens: rate * SECONDS },
      },
    },
  }));
}
