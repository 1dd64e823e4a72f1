import type { CSSProperties, ReactNode } from 'react';
import { classes } from '../classes.ts';
import type { StreamGridProps } from './props.ts';

/** Panels side by side: as many equal columns as fit, one below the other on a narrow screen. */
export function StreamGrid({ minColumnWidth, className, style, ...rest }: StreamGridProps): ReactNode {
  const columns = minColumnWidth === undefined ? style : ({ '--sluice-column-min': minColumnWidth, ...style } as CSSProperties);
  return <div {...rest} className={classes('sluice-grid', className)} style={columns} data-stream-grid="" />;
}
