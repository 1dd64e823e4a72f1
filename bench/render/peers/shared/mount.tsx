import { type ComponentType, type ReactNode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { columns, ready, type Setup } from '../../subject.ts';

/** What a peer shows in the panel of one stream. */
export type Content = ComponentType<{ readonly index: number }>;

/** Mounts the grid with one `Content` per stream, and says `ready` when all are mounted and everything in `late` has come. */
export function mount(page: Setup, Content: Content, late: readonly Promise<unknown>[]): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no root.');
  createRoot(root).render(<Grid page={page} Content={Content} late={late} />);
}

interface GridProps {
  readonly page: Setup;
  readonly Content: Content;
  readonly late: readonly Promise<unknown>[];
}

function Grid({ page, Content, late }: GridProps): ReactNode {
  // Effects of children run first: they all have asked for their streams by then.
  useEffect(() => {
    void Promise.all(late).then(ready);
  }, [late]);
  return (
    <div className="bench-grid" style={{ '--columns': columns(page.streams) } as object}>
      {Array.from({ length: page.streams }, (_, index) => (
        <div key={index} className="bench-panel" data-panel={index}>
          <Content index={index} />
        </div>
      ))}
    </div>
  );
}
