import type { ReactNode } from 'react';
import { classes } from '../classes.ts';
import { Controls } from './Controls.tsx';
import { usePanel, useShown } from './context.ts';
import type { Shown } from './display.ts';
import type { StreamPanelHeaderProps } from './props.ts';

const labels: Readonly<Record<Shown['status'], string>> = {
  pending: 'Waiting',
  streaming: 'Streaming',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

/** Title, provider and model, state, and the buttons: pause, stop or retry, copy. */
export function Header({ headingLevel = 3, children, className, ...rest }: StreamPanelHeaderProps): ReactNode {
  const panel = usePanel('Header');
  const { status } = useShown(panel);
  const { stream, name } = panel;
  const Heading = `h${headingLevel}` as const;
  const origin = [stream.provider, stream.model === name ? '' : stream.model].filter(Boolean).join(' · ');
  return (
    <header {...rest} className={classes('sluice-header', className)}>
      <span className="sluice-dot" aria-hidden="true" />
      <div className="sluice-titles">
        <Heading className="sluice-title" title={name}>
          {name}
        </Heading>
        <p className="sluice-origin">
          <span className="sluice-state">{stream.paused ? 'Paused' : labels[status]}</span>
          {origin !== '' && <span className="sluice-model">{origin}</span>}
        </p>
      </div>
      <div className="sluice-controls">
        {children}
        <Controls />
      </div>
    </header>
  );
}
