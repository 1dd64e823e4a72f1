import {
  type MemoExoticComponent,
  memo,
  type ReactNode,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { announcer } from '../announcer.ts';
import { classes } from '../classes.ts';
import { useTurn } from '../grid/turn.ts';
import { sameValues } from '../same.ts';
import { isSameSource } from '../source.ts';
import type { Stream } from '../stream.ts';
import { useStream } from '../useStream.ts';
import { Body } from './Body.tsx';
import { isRunning, PanelContext } from './context.ts';
import { develop } from './development.ts';
import { createDisplay, type Display } from './display.ts';
import { Footer } from './Footer.tsx';
import { Header } from './Header.tsx';
import type { StreamPanelOptions, StreamPanelProps, StreamPanelSource } from './props.ts';

function Root(props: StreamPanelProps): ReactNode {
  return props.stream === undefined ? <Followed {...props} /> : <Shown {...props} />;
}

function Followed(props: StreamPanelOptions & StreamPanelSource): ReactNode {
  return <Shown {...props} stream={useStream(props.source)} />;
}

function Shown({
  stream,
  source: _source,
  title,
  view = 'plain',
  markdown,
  pacing = 'immediate',
  onRetry,
  children,
  ref,
  className,
  ...rest
}: StreamPanelOptions & { readonly stream: Stream; readonly source?: unknown }): ReactNode {
  const [display] = useState(() => createDisplay());
  const name = title ?? (stream.model || stream.id || 'Answer');
  const element = useRef<HTMLElement>(null);
  useImperativeHandle(ref, () => element.current as HTMLElement);

  useLayoutEffect(() => {
    display.root(element.current);
    return () => display.root(null);
  }, [display]);
  useLayoutEffect(() => display.pace(pacing), [display, pacing]);
  useEffect(() => develop(element, { view, pacing, markdown }));
  useLayoutEffect(() => display.hold(stream.paused), [display, stream.paused]);
  useLayoutEffect(() => display.bind(stream.handle), [display, stream.handle]);
  useAnnouncements(display, name);
  const isIn = useTurn(element, display);

  const isPaced = pacing === 'smooth';
  const retry = onRetry ?? (stream.retryable ? stream.retry : undefined);
  const panel = useMemo(
    () => ({ stream, display, name, retry, view, markdown, isPaced }),
    [stream, display, name, retry, view, markdown, isPaced],
  );
  return (
    <PanelContext value={panel}>
      {/* `data-status` and `data-epoch` belong to the display from here on: constants to React, which never writes them again. */}
      <section
        aria-label={name}
        {...rest}
        ref={element}
        className={classes('sluice-panel', className)}
        data-stream-panel=""
        data-stream-id={stream.id ?? (stream.handle === undefined ? '' : `local-${stream.handle.key}`)}
        data-status="pending"
        data-epoch=""
        data-paused={stream.paused ? '' : undefined}
      >
        {isIn &&
          (children ?? (
            <>
              <Header />
              <Body />
              <Footer />
            </>
          ))}
      </section>
    </PanelContext>
  );
}

/**
 * One answer: shows a stream as it arrives, whole and in order, without a React render per token.
 * Compose its parts freely; without children it has all three.
 */
export const StreamPanel: MemoExoticComponent<typeof Root> & {
  readonly Header: typeof Header;
  readonly Body: typeof Body;
  readonly Footer: typeof Footer;
} = Object.assign(memo(Root, sameProps), { Header, Body, Footer, displayName: 'StreamPanel' });

/** An app that renders for a reason of its own, and writes sources, styles and options inline, is no reason to render a panel. */
function sameProps(a: StreamPanelProps, b: StreamPanelProps): boolean {
  const { source: from, ...before } = a;
  const { source: to, ...after } = b;
  return isSameSource(from, to) && sameValues(before, after, 2);
}

/** Speaks the end of a stream that this panel has seen running. */
function useAnnouncements(display: Display, name: string): void {
  useEffect(() => {
    let last = display.shown().status;
    return display.subscribe(() => {
      const { status, error } = display.shown();
      if (status === last) return;
      const ran = isRunning(last);
      last = status;
      if (ran) announcer.tell(name, status, error);
    });
  }, [display, name]);
}
