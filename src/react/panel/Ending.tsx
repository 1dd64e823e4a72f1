import type { ReactNode } from 'react';
import { running } from '../running.ts';
import { useConnection } from '../useConnection.ts';
import { isRunning, usePanel } from './context.ts';
import type { Shown } from './display.ts';
import type { StreamPanelBodyProps } from './props.ts';

interface EndingProps extends Pick<StreamPanelBodyProps, 'pending' | 'empty'> {
  readonly shown: Shown;
}

/** What stands below the text: that it has yet to come, that there is none, or why it ends here. */
export function Ending({ shown, pending, empty }: EndingProps): ReactNode {
  const { retry, stream } = usePanel('Body');
  const connection = useConnection();
  const { status, error, hasText } = shown;
  if (isRunning(status)) {
    // Nothing will come of the relay until the application does something about its connection.
    if (connection.status === 'failed' && stream.id !== undefined) return <p className="sluice-note">{connection.error?.message}</p>;
    return hasText ? null : <p className="sluice-note">{pending ?? 'Waiting for the first token…'}</p>;
  }
  const whole = hasText ? null : <p className="sluice-note">{empty ?? 'The answer has no text.'}</p>;
  const Outcome = running.module?.Outcome;
  if (Outcome !== undefined) return <Outcome shown={shown} retry={retry} whole={whole} />;
  // Where that cannot be loaded, neither can what speaks.
  return error === undefined ? (
    whole
  ) : (
    <p className="sluice-note" role="alert">
      {error.message}
    </p>
  );
}
