import { type ReactNode, useCallback, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { classes } from '../classes.ts';
import { DownIcon } from '../icons.tsx';
import { usePanel, useShown } from './context.ts';
import { Ending } from './Ending.tsx';
import { createPlainBody } from './plain.ts';
import type { StreamPanelBodyProps } from './props.ts';
import { Reasoning } from './Reasoning.tsx';
import { Sources } from './Sources.tsx';
import { createStick, type Stick } from './stick.ts';
import { Tools } from './Tools.tsx';

/** A scroller must be reachable by keyboard, and what is reachable has a role. */
const reachable = (label: string) => ({ tabIndex: 0, role: 'group', 'aria-label': label }) as const;

/** The scroller with everything an answer consists of. Sticks to its end until the reader scrolls up. */
export function Body({ pending, empty, ref, className, ...rest }: StreamPanelBodyProps): ReactNode {
  const panel = usePanel('StreamPanel.Body');
  const { display, name } = panel;
  const shown = useShown(panel);
  const scroller = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const stick = useRef<Stick>(undefined);
  const [atEnd, setAtEnd] = useState(true);
  useImperativeHandle(ref, () => scroller.current as HTMLDivElement);

  useLayoutEffect(() => {
    if (text.current === null) return undefined;
    const body = createPlainBody(text.current);
    const remove = display.live({ show: ({ record }, limit) => body.show(record.text, limit), clear: body.clear });
    return () => {
      remove();
      body.clear();
    };
  }, [display]);

  useLayoutEffect(() => {
    if (scroller.current === null) return undefined;
    const own = createStick(scroller.current, setAtEnd, display.settle);
    stick.current = own;
    display.stick(own);
    return () => {
      display.stick(undefined);
      own.disconnect();
    };
  }, [display]);

  const toLatest = useCallback(() => {
    stick.current?.toEnd();
    scroller.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div className="sluice-stage">
      <div {...reachable(`Text of ${name}`)} {...rest} ref={scroller} className={classes('sluice-scroller', className)}>
        <Reasoning parts={shown.parts} generation={shown.generation} />
        <Tools parts={shown.parts} generation={shown.generation} />
        {/* React renders this element once, empty, and never its children. */}
        <div ref={text} className="sluice-text" data-stream-body="" />
        <Ending shown={shown} pending={pending} empty={empty} />
        <Sources parts={shown.parts} />
      </div>
      {!atEnd && (
        <button type="button" className="sluice-latest" aria-label={`Jump to the latest of ${name}`} onClick={toLatest}>
          <DownIcon /> Latest
        </button>
      )}
    </div>
  );
}
