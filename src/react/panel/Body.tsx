import { Fragment, type ReactNode, use, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { classes } from '../classes.ts';
import { MarkdownWorkerContext } from '../provider/context.ts';
import { running } from '../running.ts';
import { usePanel, useShown } from './context.ts';
import { Ending } from './Ending.tsx';
import { NoText, PlainText } from './PlainText.tsx';
import type { StreamPanelBodyProps } from './props.ts';
import { createStick, type Stick } from './stick.ts';
import { useTextView } from './view.ts';

/** A scroller must be reachable by keyboard, and what is reachable has a role. */
const reachable = (label: string) => ({ tabIndex: 0, role: 'group', 'aria-label': label }) as const;

/** The scroller with everything an answer consists of. Sticks to its end until the reader scrolls up. */
export function Body({ pending, empty, ref, className, ...rest }: StreamPanelBodyProps): ReactNode {
  const panel = usePanel('Body');
  const { display, name, stream, view, markdown, isPaced } = panel;
  const { handle } = stream;
  // There as soon as a part is.
  const parts = running.module;
  const worker = use(MarkdownWorkerContext);
  const shown = useShown(panel);
  const scroller = useRef<HTMLDivElement>(null);
  const stick = useRef<Stick>(undefined);
  const [atEnd, setAtEnd] = useState(true);
  useImperativeHandle(ref, () => scroller.current as HTMLDivElement);

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

  // After a change of the view the same part of the text is in sight, about.
  const { Text = NoText, fail } = useTextView(view, { handle, display, markdown, worker });
  const place = useRef<number>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the view has changed
  useLayoutEffect(() => {
    const share = place.current;
    place.current = undefined;
    if (share === undefined) return undefined;
    if (!atEnd && scroller.current !== null) return running.module?.keepPlace(scroller.current, share);
    stick.current?.restart();
    display.settle();
    return undefined;
  }, [Text]);

  return (
    <div className="sluice-stage">
      <div
        {...reachable(`Text of ${name}`)}
        {...rest}
        ref={scroller}
        className={classes('sluice-scroller', className)}
        data-at-end={atEnd || undefined}
      >
        {parts && <parts.Reasoning parts={shown.parts} generation={shown.generation} />}
        {parts && <parts.Tools parts={shown.parts} generation={shown.generation} />}
        {/* Stays, whatever renders the text in it. */}
        <div data-stream-body="">
          <Fragment key={String(Text === PlainText)}>
            {parts && <parts.Place scroller={scroller} place={place} />}
            <Text handle={handle} display={display} name={name} markdown={markdown} worker={worker} isPaced={isPaced} onFailed={fail} />
          </Fragment>
        </div>
        <Ending shown={shown} pending={pending} empty={empty} />
        {parts && <parts.Sources parts={shown.parts} />}
      </div>
      {!atEnd && parts && <parts.Latest name={name} scroller={scroller} stick={stick} />}
    </div>
  );
}
