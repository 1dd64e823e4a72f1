import { type ReactNode, useLayoutEffect, useRef } from 'react';
import type { TextLog } from '../../client.ts';
import { usePanel } from '../panel/context.ts';
import { createPlainBody } from '../panel/plain.ts';

interface LiveProps {
  readonly text: TextLog;
  /** A closed box is not kept up to date. */
  readonly open: boolean;
}

/** A growing text beside the answer, such as reasoning or a call's arguments, shown without React. */
export function Live({ text, open }: LiveProps): ReactNode {
  const { display } = usePanel('StreamPanel.Body');
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!open || element.current === null) return undefined;
    const body = createPlainBody(element.current);
    const remove = display.live({ show: () => body.show(text), clear: body.clear });
    return () => {
      remove();
      body.clear();
    };
  }, [display, text, open]);
  return <div ref={element} className="sluice-live" />;
}
