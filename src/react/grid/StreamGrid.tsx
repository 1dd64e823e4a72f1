import { Children, type CSSProperties, type ReactNode } from 'react';
import { classes } from '../classes.ts';
import type { StreamGridProps } from './props.ts';
import { TurnContext, type Wait } from './turn.ts';

/** From this many panels on, those out of view come in after the others and are not drawn. */
const many = 48;

/** Panels side by side: as many equal columns as fit, one below the other on a narrow screen. */
export function StreamGrid({ minColumnWidth, className, style, children, ...rest }: StreamGridProps): ReactNode {
  const columns = minColumnWidth === undefined ? style : ({ '--sluice-column-min': minColumnWidth, ...style } as CSSProperties);
  const isLong = Children.count(children) >= many;
  return (
    <div {...rest} className={classes('sluice-grid', className)} style={columns} data-stream-grid="" data-long={isLong ? '' : undefined}>
      <TurnContext value={isLong ? loadTurn : undefined}>{children}</TurnContext>
    </div>
  );
}

/** Loaded with the first grid that is long. Who cannot be given a turn has it. */
const loadTurn: Wait = (panel, mount) => {
  let cancel = (): void => {};
  let isOver = false;
  const start = (wait?: Wait): void => {
    if (isOver) return;
    if (wait === undefined) mount();
    else cancel = wait(panel, mount);
  };
  import('./turns.ts').then(
    ({ turns }) => start(turns),
    () => start(),
  );
  return () => {
    isOver = true;
    cancel();
  };
};
