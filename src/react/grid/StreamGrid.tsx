import { Children, type CSSProperties, type ReactNode } from 'react';
import { classes } from '../classes.ts';
import type { StreamGridProps } from './props.ts';
import { TurnContext } from './turn.ts';

/** From this many panels on, those out of view come in after the others and are not drawn. */
const many = 48;

/** Panels side by side: as many equal columns as fit, one below the other on a narrow screen. */
export function StreamGrid({ minColumnWidth, className, style, children, ...rest }: StreamGridProps): ReactNode {
  const columns = minColumnWidth === undefined ? style : ({ '--sluice-column-min': minColumnWidth, ...style } as CSSProperties);
  const isLong = Children.count(children) >= many;
  return (
    <div {...rest} className={classes('sluice-grid', className)} style={columns} data-stream-grid="" data-long={isLong ? '' : undefined}>
      <TurnContext value={isLong}>{children}</TurnContext>
    </div>
  );
}
