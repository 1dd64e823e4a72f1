import type { MouseEvent, ReactNode } from 'react';
import type { Shown } from '../panel/display.ts';

interface FailureProps extends Pick<Shown, 'error' | 'hasText'> {
  readonly retry: (() => void) | undefined;
}

// A new stream does where the relay has lost this one.
const mayHelp = (error: Shown['error']): boolean => error?.retryable !== false || error.code === 'unknown_channel';

/** Why an answer broke off, and what can be done about it. */
export function Failure({ error, hasText, retry }: FailureProps): ReactNode {
  // The button goes with the failure; focus stays in the panel.
  const again = ({ currentTarget }: MouseEvent<HTMLElement>): void => {
    currentTarget.closest<HTMLElement>('.sluice-scroller')?.focus({ preventScroll: true });
    retry?.();
  };
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
