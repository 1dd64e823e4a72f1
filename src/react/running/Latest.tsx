import type { ReactNode } from 'react';
import { icon } from '../icons.tsx';

const DownIcon: () => ReactNode = icon('M8 3.5v9M4.2 8.8 8 12.6l3.8-3.8');

interface LatestProps {
  /** Of the stream. */
  readonly name: string;
  readonly onClick: () => void;
}

/** Back to the end of an answer, for who has left it. */
export function Latest({ name, onClick }: LatestProps): ReactNode {
  return (
    <button type="button" className="sluice-latest" aria-label={`Jump to the latest of ${name}`} onClick={onClick}>
      <DownIcon /> Latest
    </button>
  );
}
