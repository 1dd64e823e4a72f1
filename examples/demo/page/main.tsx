import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { SluiceProvider } from 'sluice-kit';
import 'sluice-kit/styles.css';
import './demo.css';
import { Page } from './Page.tsx';
import { type Query, readQuery, startsByItself, writeQuery } from './query.ts';

function Demo(): React.ReactNode {
  const [query, setQuery] = useState(() => readQuery(location.search));
  const [run, setRun] = useState(startsByItself(location.search) ? 1 : 0);
  const show = (next: Query): void => {
    history.replaceState(null, '', writeQuery(next));
    setQuery(next);
  };
  const start = (next: Query): void => {
    show(next);
    setRun((count) => count + 1);
  };
  return (
    <SluiceProvider key={query.transport} transport={query.transport}>
      <Page query={query} run={run} onStart={start} onView={(view) => show({ ...query, view })} />
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
