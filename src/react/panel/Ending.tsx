import type { MouseEvent, ReactNode } from 'react';
import { useConnection } from '../useConnection.ts';
import { usePanel } from './context.ts';
import type { Shown } from './display.ts';
import type { StreamPanelBodyProps } from './props.ts';

const cutShort: Readonly<Record<string, string>> = {
  length: 'Cut off: the model reached its length limit.',
  'content-filter': 'Cut off by the provider’s content filter.',
};

/** A new stream does where the relay has lost this one. */
const mayHelp = (error: Shown['error']): boolean => error?.retryable !== false || error.code === 'unknown_channel';

/** Set apart from the text, if there is any. */
const cut = (hasText: boolean): string => (hasText ? 'sluice-note sluice-cut' : 'sluice-note');

interface EndingProps extends Pick<StreamPanelBodyProps, 'pending' | 'empty'> {
  readonly shown: Shown;
}

/** What stands below the text: that it has yet to come, that there is none, or why it ends here. */
export function Ending({ shown, pending, empty }: EndingProps): ReactNode {
  const { retry, stream } = usePanel('StreamPanel.Body');
  const connection = useConnection();
  const { status, error, finishReason, hasText } = shown;
  // The button goes with the failure; focus stays in the panel.
  const again = ({ currentTarget }: MouseEvent<HTMLElement>): void => {
    currentTarget.closest<HTMLElement>('.sluice-scroller')?.focus({ preventScroll: true });
    retry?.();
  };
  switch (status) {
    case 'pending':
    case 'streaming':
      // Nothing will come of the relay until the application does something about its connection.
      if (connection.status === 'failed' && stream.id !== undefined) return <p className="sluice-note">{connection.error?.message}</p>;
      return hasText ? null : <p className="sluice-note">{pending ?? 'Waiting for the first token…'}</p>;
    case 'stopped':
      return <p className={cut(hasText)}>Stopped. {hasText ? 'What had arrived is kept.' : 'Nothing had arrived.'}</p>;
    case 'done': {
      const note = finishReason === undefined ? undefined : cutShort[finishReason];
      if (note !== undefined) return <p className={cut(hasText)}>{note}</p>;
      return hasText ? null : <p className="sluice-note">{empty ?? 'The answer has no text.'}</p>;
    }
    case 'failed':
      return (
        <div className="sluice-failure" data-after-text={hasText ? '' : undefined}>
          <p className="sluice-failure-message">{error?.message ?? 'The answer broke off.'}</p>
          <p className="sluice-failure-detail">
            <code>{error?.code ?? 'internal'}</code>
            {hasText && <span>What had arrived is kept.</span>}
            {error?.retryAfterMs !== undefined && <span>Try again in {Math.ceil(error.retryAfterMs / 1000)} s.</span>}
          </p>
          {retry !== undefined && mayHelp(error) && (
            <button type="button" className="sluice-button" onClick={again}>
              Try again
            </button>
          )}
        </div>
      );
  }
}
