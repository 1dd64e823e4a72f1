import { type ReactNode, use, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { classes } from '../classes.ts';
import { type FrameTask, frames } from '../frame.ts';
import { PanelContext } from '../panel/context.ts';
import { figures } from './figures.ts';
import type { StreamStatsProps } from './props.ts';

const intervalMs = 250;

/** Tokens, tokens per second and time to first token of a stream. While it runs, tokens are estimated by its text deltas. */
export function StreamStats({ stream: given, ref, className, ...rest }: StreamStatsProps): ReactNode {
  const panel = use(PanelContext);
  const stream = given ?? panel?.stream;
  if (stream === undefined) throw new Error('<StreamStats> has no stream. Pass `stream`, or put it inside a <StreamPanel>.');
  const { handle } = stream;
  const root = useRef<HTMLDListElement>(null);
  const rate = useRef<HTMLElement>(null);
  const first = useRef<HTMLElement>(null);
  const tokens = useRef<HTMLElement>(null);
  useImperativeHandle(ref, () => root.current as HTMLDListElement);

  useLayoutEffect(() => {
    let due = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const task: FrameTask = {
      flush(now) {
        due = now + intervalMs;
        const shown = figures(handle?.record, performance.now());
        write(rate.current, shown.rate);
        write(first.current, shown.first);
        write(tokens.current, shown.tokens);
      },
    };
    const update = (): void => {
      timer = undefined;
      frames().request(task);
    };
    update();
    const unsubscribe = handle?.subscribe(() => {
      if (handle.record.endedAt > 0) {
        clearTimeout(timer);
        frames().request(task, true);
      } else timer ??= setTimeout(update, Math.max(0, due - performance.now()));
    });
    return () => {
      unsubscribe?.();
      clearTimeout(timer);
      frames().cancel(task);
    };
  }, [handle]);

  return (
    <dl {...rest} ref={root} className={classes('sluice-stats', className)}>
      <div>
        <dt>Tokens/s</dt>
        <dd ref={rate} data-stat="rate" />
      </div>
      <div>
        <dt>First token</dt>
        <dd ref={first} data-stat="first-token" />
      </div>
      <div>
        <dt>Tokens</dt>
        <dd ref={tokens} data-stat="tokens" />
      </div>
    </dl>
  );
}

function write(element: HTMLElement | null, text: string): void {
  if (element !== null && element.textContent !== text) element.textContent = text;
}
