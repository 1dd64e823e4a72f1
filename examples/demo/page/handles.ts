import { createContext, useMemo } from 'react';
import type { StreamHandle } from 'sluice-kit';

/** The streams on the page, for the totals and for "Stop all". */
export interface Handles {
  /** Returns the function that takes it out again. */
  add(handle: StreamHandle): () => void;
  all(): Iterable<StreamHandle>;
  stopAll(): void;
}

export const HandlesContext: React.Context<Handles | undefined> = createContext<Handles | undefined>(undefined);

export function useHandles(): Handles {
  return useMemo(() => {
    const handles = new Set<StreamHandle>();
    return {
      add(handle) {
        handles.add(handle);
        return () => void handles.delete(handle);
      },
      all: () => handles,
      stopAll() {
        for (const handle of handles) {
          const { status } = handle.record.summary;
          // A refusal shows in the panel, and in the connection's status.
          if (status === 'pending' || status === 'streaming') handle.stop().catch(() => {});
        }
      },
    };
  }, []);
}
