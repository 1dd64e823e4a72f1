import { type ReactNode, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the newest text in view, for kits without a scroller of their own. It observes the size: once per frame, after the frame's one
 * layout, also when the kit renders by itself, and without forcing a layout as an effect of each render would.
 */
export function Scroller({ children }: { readonly children: ReactNode }): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null || content.current === null) return undefined;
    const observer = new ResizeObserver(() => box.scrollTo(0, box.scrollHeight));
    observer.observe(content.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="bench-scroller" ref={scroller}>
      <div ref={content}>{children}</div>
    </div>
  );
}
