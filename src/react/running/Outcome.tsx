import type { ReactNode } from 'react';
import type { Shown } from '../panel/display.ts';
import { Failure } from './Failure.tsx';

const cutShort: Readonly<Record<string, string>> = {
  length: 'Cut off: the model reached its length limit.',
  'content-filter': 'Cut off by the provider’s content filter.',
};

interface OutcomeProps {
  readonly shown: Shown;
  readonly retry: (() => void) | undefined;
  /** For an answer that is whole. */
  readonly whole: ReactNode;
}

/** Why an answer ends where it does. */
export function Outcome({ shown, retry, whole }: OutcomeProps): ReactNode {
  const { status, error, finishReason = '', hasText } = shown;
  if (status === 'failed') return <Failure error={error} hasText={hasText} retry={retry} />;
  const note = status === 'stopped' ? `Stopped. ${hasText ? 'What had arrived is kept.' : 'Nothing had arrived.'}` : cutShort[finishReason];
  if (note === undefined) return whole;
  // Set apart from the text, if there is any.
  return <p className={hasText ? 'sluice-note sluice-cut' : 'sluice-note'}>{note}</p>;
}
