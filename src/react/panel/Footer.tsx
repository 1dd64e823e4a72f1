import type { ReactNode } from 'react';
import { classes } from '../classes.ts';
import { StreamStats } from '../stats/StreamStats.tsx';
import { usePanel } from './context.ts';
import type { StreamPanelFooterProps } from './props.ts';

/** The stream's figures. */
export function Footer({ children, className, ...rest }: StreamPanelFooterProps): ReactNode {
  usePanel('Footer');
  return (
    <footer {...rest} className={classes('sluice-footer', className)}>
      {children ?? <StreamStats />}
    </footer>
  );
}
