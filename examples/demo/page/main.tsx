import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { SluiceProvider } from 'sluice-kit';
import 'sluice-kit/styles.css';
import './demo.css';
import { Page } from './Page.tsx';
import { newRun, type Query, readQuery, readRun, startsByItself, writeQuery } from './query.ts';

function Demo(): React.ReactNode {
  const [query, setQuery] = useState(() => readQuery(location.search));
  const [run, setRun] = useState(() => (startsByItself(location.search) ? readRun() : ''));
  const show = (next: Query, nextRun: string): void => {
    history.replaceState({ run: nextRun }, '', writeQuery(next));
    setQuery(next);
    setRun(nextRun);
  };
  // A page that is reloaded goes on with the same answers.
  useEffect(() => {
    if (run !== '') history.replaceState({ run }, '');
  }, [run]);
  return (
    <SluiceProvider key={query.transport} transport={query.transport}>
      <Page query={query} run={run} onStart={(next) => show(next, newRun())} onView={(view) => show({ ...query, view }, run)} />
    </SluiceProvider>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <Demo />
  </StrictMode>,
);
