import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { nothingYet } from './display.ts';
import { createPlainBody } from './plain.ts';
import type { TextViewProps } from './view.ts';

/** The text as it is, with line breaks and spaces kept. */
export function PlainText({ display }: Pick<TextViewProps, 'display'>): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    const body = createPlainBody(element.current);
    const remove = display.live({ ...body, show: ({ record }, ...rest) => body.show(record.text, ...rest) });
    return () => {
      remove();
      body.clear();
    };
  }, [display]);
  // React renders this element once, empty, and never its children.
  return <div ref={element} className="sluice-text" />;
}

/** Stands where the text will be until there is something to show it with. */
export function NoText({ display }: Pick<TextViewProps, 'display'>): ReactNode {
  useLayoutEffect(() => display.live(nothingYet), [display]);
  return null;
}
