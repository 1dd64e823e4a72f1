import { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { TextLog } from '../../client.ts';
import type { BodyRenderer } from '../panel/body.ts';
import { usePanel } from '../panel/context.ts';
import { createPlainBody } from '../panel/plain.ts';

interface LiveProps {
  readonly text: TextLog;
  /** A closed box is not kept up to date. */
  readonly open: boolean;
  /** @default 'sluice-live' */
  readonly className?: string;
}

/** A growing text beside the answer, such as reasoning or a call's arguments, shown without React, by slices. */
export function Live({ text, open, className = 'sluice-live' }: LiveProps): ReactNode {
  const { display, stream } = usePanel('Body');
  const { paused } = stream;
  const element = useRef<HTMLDivElement>(null);
  /** While open. */
  const shown = useRef<BodyRenderer>(undefined);
  /** Code units there may be on display. */
  const end = useRef(0);
  // What is on display when a pause begins, of a closed box what there is.
  useLayoutEffect(() => {
    end.current = paused ? shown.current?.shown() || text.length : Number.POSITIVE_INFINITY;
  }, [paused, text]);
  useLayoutEffect(() => {
    if (!open || element.current === null) return undefined;
    const body = createPlainBody(element.current);
    shown.current = body;
    const remove = display.live({ show: (_handle, _limit, take) => body.show(text, end.current, take), clear: body.clear });
    return () => {
      remove();
      body.clear();
      shown.current = undefined;
    };
  }, [display, text, open]);
  return <div ref={element} className={className} />;
}
