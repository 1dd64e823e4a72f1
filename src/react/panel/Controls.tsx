import { type MouseEvent, type ReactNode, useState } from 'react';
import { announcer } from '../announcer.ts';
import { CheckIcon, CopyIcon, PauseIcon, PlayIcon, RetryIcon, StopIcon } from '../icons.tsx';
import { isRunning, usePanel, useShown } from './context.ts';

/**
 * Three buttons that are always there, so that focus never falls off one that has done its work: what does not apply is
 * `aria-disabled`, and "Stop" becomes "Retry" in place.
 */
export function Controls(): ReactNode {
  const panel = usePanel('Header');
  const { stream, name, retry } = panel;
  const shown = useShown(panel);
  const running = isRunning(stream.status);
  const pausable = stream.paused || isRunning(shown.status);

  const stop = (): void => {
    stream.stop().catch((error: Error) => announcer.tell(name, 'not-stopped', error));
  };
  // The second click of a double click on "Stop" must not ask for a new stream.
  const again = (event: MouseEvent): void => {
    if (event.detail < 2) retry?.();
  };

  return (
    <>
      <Action
        label={stream.paused ? `Resume ${name}` : `Pause ${name}`}
        onClick={pausable && (stream.paused ? stream.resume : stream.pause)}
      >
        {stream.paused ? <PlayIcon /> : <PauseIcon />}
      </Action>
      {running || retry === undefined ? (
        <Action key="end" label={`Stop ${name}`} onClick={running && stop}>
          <StopIcon />
        </Action>
      ) : (
        <Action key="end" label={`Retry ${name}`} onClick={again}>
          <RetryIcon />
        </Action>
      )}
      <Copy />
    </>
  );
}

function Copy(): ReactNode {
  const panel = usePanel('Header');
  const { hasText } = useShown(panel);
  const { stream, name } = panel;
  const [copied, setCopied] = useState(false);

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(stream.handle?.record.text.toString() ?? '');
      setCopied(true);
      setTimeout(setCopied, 1600, false);
      announcer.tell(name, 'copied');
    } catch {
      announcer.tell(name, 'not-copied');
    }
  };
  return (
    <Action label={`Copy ${name}`} onClick={hasText && copy}>
      {copied ? <CheckIcon /> : <CopyIcon />}
    </Action>
  );
}

interface ActionProps {
  readonly label: string;
  /** `false` where the action does not apply. */
  readonly onClick: ((event: MouseEvent) => void) | false;
  readonly children: ReactNode;
}

function Action({ label, onClick, children }: ActionProps): ReactNode {
  const [verb] = label.split(' ', 1);
  return (
    <button
      type="button"
      className="sluice-action"
      aria-label={label}
      title={verb}
      aria-disabled={onClick === false || undefined}
      onClick={onClick || undefined}
    >
      {children}
    </button>
  );
}
