import { type ReactNode, use, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { classes } from '../classes.ts';
import { PanelContext } from '../panel/context.ts';
import { running } from '../running.ts';
import type { StreamStatsProps } from './props.ts';

const names = [
  ['rate', 'Tokens/s'],
  ['first-token', 'First token'],
  ['tokens', 'Tokens'],
] as const;

/** Tokens, tokens per second and time to first token of a stream. While it runs, tokens are estimated by its text deltas. */
export function StreamStats({ stream: given, ref, className, ...rest }: StreamStatsProps): ReactNode {
  const panel = use(PanelContext);
  const stream = given ?? panel?.stream;
  if (stream === undefined) throw new Error('<StreamStats> has no stream to show. Pass `stream`, or put it inside a <StreamPanel>.');
  const { handle } = stream;
  const root = useRef<HTMLDListElement>(null);
  useImperativeHandle(ref, () => root.current as HTMLDListElement);

  useLayoutEffect(() => {
    const element = root.current;
    if (element === null || handle === undefined) return undefined;
    let stop: (() => void) | undefined;
    let isOver = false;
    const begin = (): void => {
      unsubscribe();
      void running.load().then((module) => {
        if (!isOver) stop = module?.showFigures(element, handle);
      });
    };
    const unsubscribe = handle.subscribe(begin);
    if (handle.record.seq > 0) begin();
    return () => {
      isOver = true;
      unsubscribe();
      stop?.();
    };
  }, [handle]);

  return (
    <dl {...rest} ref={root} className={classes('sluice-stats', className)}>
      {names.map(([stat, name]) => (
        <div key={stat}>
          <dt>{name}</dt>
          <dd data-stat={stat}>–</dd>
        </div>
      ))}
    </dl>
  );
}
