import { type ReactNode, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { StreamHandle } from '../../client.ts';
import { announcer } from '../announcer.ts';
import type { TextViewProps } from '../panel/view.ts';
import { Blocks } from './Blocks.tsx';
import { Boundary } from './Boundary.tsx';
import { CodeContext } from './code/context.ts';
import { MarkdownContext } from './context.ts';
import { findDocument, openDocument } from './documents.ts';
import { useMarkdownOptions } from './options.ts';
import { spokenText } from './spoken.ts';
import { createView } from './view.ts';

/** A stream's text as Markdown. */
export function MarkdownText(props: TextViewProps): ReactNode {
  const { handle } = props;
  if (handle === undefined) return null;
  return (
    <Boundary onFailed={props.onFailed}>
      <Followed {...props} key={handle.key} handle={handle} />
    </Boundary>
  );
}

function Followed({
  handle,
  display,
  name,
  markdown,
  worker,
  isPaced,
  onFailed,
}: TextViewProps & { readonly handle: StreamHandle }): ReactNode {
  const options = useMarkdownOptions(markdown);
  const math = options.math !== undefined;
  const id = useId();
  const element = useRef<HTMLDivElement>(null);
  const latest = useRef({ name, onFailed });
  useLayoutEffect(() => {
    latest.current = { name, onFailed };
  });
  // What has been parsed already is in the first picture.
  const [model, setModel] = useState(() => findDocument(handle, { math }, display.heldAt())?.model);
  const [view] = useState(() =>
    createView({
      model,
      onModel: setModel,
      onDirty: display.settle,
      onClosed(blocks) {
        const panel = element.current?.closest('[data-stream-panel]');
        // Who has the focus elsewhere listens to something else.
        if (panel?.contains(document.activeElement)) announcer.polite(`${latest.current.name}: ${spokenText(blocks)}`);
      },
    }),
  );

  useLayoutEffect(() => {
    // Pacing is a matter of what is parsed, and so is a pause: whatever is in the document is shown.
    let heldAt = display.heldAt();
    let limit = isPaced ? 0 : heldAt;
    const reference = openDocument(handle, { math }, worker, {
      onChange() {
        if (reference.document.failed) latest.current.onFailed();
        else display.settle();
      },
      limit: () => limit,
      heldAt,
    });
    view.follow(reference.document, handle.record);
    const remove = display.live({
      show(of, to) {
        // What was there when the pause began stands still.
        if (display.heldAt() < heldAt) return false;
        heldAt = display.heldAt();
        const next = isPaced ? to : heldAt;
        if (next > limit) {
          limit = next;
          reference.update();
        }
        return view.show(of, to);
      },
      clear: view.clear,
      isBlank: view.isBlank,
      asks: true,
    });
    return () => {
      remove();
      view.follow(undefined, undefined);
      reference.release();
    };
  }, [handle, display, view, math, worker, isPaced]);

  const scope = useMemo(() => ({ view, options, id }), [view, options, id]);
  return (
    <div ref={element} className="sluice-markdown">
      <MarkdownContext value={scope}>
        <CodeContext value={options.codeOptions}>{model && <Blocks key={model.id} root={model.root} />}</CodeContext>
      </MarkdownContext>
    </div>
  );
}
