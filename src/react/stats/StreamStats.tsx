import { type ReactNode, use, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { classes } from '../classes.ts';
import { type FrameTask, frames } from '../frame.ts';
import { PanelContext } from '../panel/context.ts';
import { visibility } from '../visibility.ts';
import { type Figures, figures } from './figures.ts';
import type { StreamStatsProps } from './props.ts';

const intervalMs = 250;

const names: readonly [stat: keyof Figures, name: string][] = [
  ['rate', 'Tokens/s'],
  ['first-token', 'First token'],
  ['tokens', 'Tokens'],
];

/** Tokens, tokens per second and time to first token of a stream. While it runs, tokens are estimated by its text deltas. */
export function StreamStats({ stream: given, ref, className, ...rest }: StreamStatsProps): ReactNode {
  const panel = use(PanelContext);
  const stream = given ?? panel?.stream;
  if (stream === undefined) throw new Error('<StreamStats> has no stream. Pass `stream`, or put it inside a <StreamPanel>.');
  const { handle } = stream;
  const root = useRef<HTMLDListElement>(null);
  useImperativeHandle(ref, () => root.current as HTMLDListElement);

  useLayoutEffect(() => {
    let due = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const element = root.current;
    const task: FrameTask = {
      kind: 'figures',
      rank: (now) => (element === null || handle?.record.endedAt !== 0 ? 'visible' : visibility().rank(element, now)),
      flush(now) {
        due = now + intervalMs;
        const shown = figures(handle?.record, performance.now());
        for (const cell of root.current?.querySelectorAll('dd') ?? []) {
          const text = shown[cell.dataset['stat'] as keyof Figures];
          if (cell.textContent !== text) cell.textContent = text;
        }
      },
    };
    const update = (): void => {
      timer = undefined;
      frames().request(task);
    };
    const unwatch = element === null ? undefined : visibility().watch(element);
    update();
    const unsubscribe = handle?.subscribe(() => {
      if (handle.record.endedAt > 0) {
        clearTimeout(timer);
        frames().request(task);
      } else timer ??= setTimeout(update, Math.max(0, due - performance.now()));
    });
    return () => {
      unwatch?.();
      unsubscribe?.();
      clearTimeout(timer);
      frames().cancel(task);
    };
  }, [handle]);

  return (
    <dl {...rest} ref={root} className={classes('sluice-stats', className)}>
      {names.map(([stat, name]) => (
        <div key={stat}>
          <dt>{name}</dt>
          <dd data-stat={stat} />
        </div>
      ))}
    </dl>
  );
}
