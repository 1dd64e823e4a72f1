import type { ReactNode } from 'react';
import { running } from '../running.ts';
import { useConnection } from '../useConnection.ts';
import { usePanel } from './context.ts';
import type { Shown } from './display.ts';
import type { StreamPanelBodyProps } from './props.ts';

const cutShort: Readonly<Record<string, string>> = {
  length: 'Cut off: the model reached its length limit.',
  'content-filter': 'Cut off by the provider’s content filter.',
};

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
    case 'failed': {
      const Failure = running.module?.Failure;
      // Where that cannot be loaded, neither can what speaks.
      if (Failure === undefined)
        return (
          <p className={cut(hasText)} role="alert">
            {error?.message}
          </p>
        );
      return <Failure error={error} hasText={hasText} retry={retry} />;
    }
  }
}
