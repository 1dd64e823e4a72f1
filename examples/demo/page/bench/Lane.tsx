import { useEffect, useRef, useState } from 'react';
import { type StreamHandle, StreamPanel, type StreamSource, useStream } from 'sluice-kit';
import { markdown } from '../markdown.ts';
import type { Meter } from './meter.ts';

export interface LaneProps {
  readonly source: StreamSource;
  readonly title: string;
  readonly renderer: Renderer;
  readonly meter: Meter;
}

export type Renderer = 'plain' | 'markdown' | 'naive';

/** One answer, measured. */
export function Lane({ source, title, renderer, meter }: LaneProps): React.ReactNode {
  const stream = useStream(source);
  const { handle } = stream;
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    return handle === undefined || panel.current === null ? undefined : meter.follow(handle, panel.current);
  }, [handle, meter]);
  if (renderer === 'naive') {
    return (
      <section ref={panel} className="sluice-panel bench-naive" aria-label={title}>
        <Naive handle={handle} />
      </section>
    );
  }
  return <StreamPanel ref={panel} stream={stream} title={title} view={renderer} markdown={markdown} />;
}

/** What one writes first: the whole text in state, set whenever something came. */
function Naive({ handle }: { readonly handle: StreamHandle | undefined }): React.ReactNode {
  const [text, setText] = useState('');
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => handle?.subscribe(() => setText(handle.record.text.toString())), [handle]);
  useEffect(() => {
    if (text !== '' && body.current !== null) body.current.scrollTop = body.current.scrollHeight;
  }, [text]);
  return (
    <div ref={body} data-stream-body="">
      {text}
    </div>
  );
}
