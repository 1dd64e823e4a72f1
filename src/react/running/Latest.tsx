import type { ReactNode, RefObject } from 'react';
import { icon } from '../icons.tsx';
import type { Stick } from '../panel/stick.ts';

const DownIcon: () => ReactNode = icon('M8 3.5v9M4.2 8.8 8 12.6l3.8-3.8');

interface LatestProps {
  /** Of the stream. */
  readonly name: string;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly stick: RefObject<Stick | undefined>;
}

/** Back to the end of an answer, for who has left it. */
export function Latest({ name, scroller, stick }: LatestProps): ReactNode {
  const jump = (): void => {
    stick.current?.restart();
    stick.current?.settle();
    scroller.current?.focus({ preventScroll: true });
  };
  return (
    <button type="button" className="sluice-latest" aria-label={`Jump to the latest of ${name}`} onClick={jump}>
      <DownIcon /> Latest
    </button>
  );
}
