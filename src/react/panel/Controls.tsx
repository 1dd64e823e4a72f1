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
  const repeats = !running && retry !== undefined;
  const pausable = stream.paused || isRunning(shown.status);

  const stop = (): void => {
    stream.stop().catch((error: Error) => announcer.tell(name, 'not-stopped', error));
  };
  // The second click of a double click on "Stop" must not ask for a new stream.
  const again = (event: MouseEvent): void => {
    if (event.detail < 2) retry?.();
  };

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
    <>
      <Action verb={stream.paused ? 'Resume' : 'Pause'} onClick={pausable && (stream.paused ? stream.resume : stream.pause)}>
        {stream.paused ? <PlayIcon /> : <PauseIcon />}
      </Action>
      <Action verb={repeats ? 'Retry' : 'Stop'} onClick={repeats ? again : running && stop}>
        {repeats ? <RetryIcon /> : <StopIcon />}
      </Action>
      <Action verb="Copy" onClick={shown.hasText && copy}>
        {copied ? <CheckIcon /> : <CopyIcon />}
      </Action>
    </>
  );
}

interface ActionProps {
  readonly verb: string;
  /** `false` where the action does not apply. */
  readonly onClick: ((event: MouseEvent) => void) | false;
  readonly children: ReactNode;
}

function Action({ verb, onClick, children }: ActionProps): ReactNode {
  const { name } = usePanel('Header');
  return (
    <button
      type="button"
      className="sluice-action"
      aria-label={`${verb} ${name}`}
      title={verb}
      aria-disabled={onClick === false || undefined}
      onClick={onClick || undefined}
    >
      {children}
    </button>
  );
}
