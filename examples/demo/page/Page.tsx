import { useMemo } from 'react';
import { ConnectionStatus, StreamGrid } from 'sluice-kit';
import { Answer } from './Answer.tsx';
import { Controls } from './Controls.tsx';
import { HandlesContext, useHandles } from './handles.ts';
import { type Query, sourcesOf } from './query.ts';
import { Totals } from './Totals.tsx';

export interface PageProps {
  readonly query: Query;
  /** Names the start; empty before the first. */
  readonly run: string;
  readonly onStart: (query: Query) => void;
  /** Running answers are shown the other way from now on. */
  readonly onView: (view: Query['view']) => void;
}

export function Page({ query, run, onStart, onView }: PageProps): React.ReactNode {
  const handles = useHandles();
  const answers = useMemo(
    () =>
      run === '' ? [] : sourcesOf(query, run).map((source, index) => ({ source, key: `${run}.${index}`, title: `Answer ${index + 1}` })),
    [query, run],
  );
  const start = (next: Query): void => {
    // They would go on in the relay, where nobody could stop them any more.
    handles.stopAll();
    onStart({ ...next, id: '' });
  };
  return (
    <HandlesContext value={handles}>
      <header className="demo-bar">
        <h1>Sluice</h1>
        <ConnectionStatus />
        <a href="/bench">Benchmark by hand</a>
        <Totals handles={handles} />
      </header>
      <Controls query={query} onStart={start} onStop={handles.stopAll} onView={onView} />
      <main>
        <StreamGrid minColumnWidth={answers.length > 12 ? '16rem' : '21rem'}>
          {answers.map(({ key, source, title }) => (
            <Answer key={key} source={source} title={title} view={query.view} />
          ))}
        </StreamGrid>
      </main>
    </HandlesContext>
  );
}
