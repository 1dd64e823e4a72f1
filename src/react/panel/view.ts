import { type ComponentType, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { StreamHandle } from '../../client.ts';
import { createLater, type Later } from '../later.ts';
import type { MarkdownOptions } from '../markdown/props.ts';
import type { Display } from './display.ts';
import { PlainText } from './PlainText.tsx';

/** How a panel's text is rendered. */
export type View = 'plain' | 'markdown';

/** What renders a panel's text, inside `data-stream-body`. */
export interface TextViewProps {
  readonly handle: StreamHandle | undefined;
  readonly display: Display;
  /** The stream's name, for what is spoken. */
  readonly name: string;
  readonly markdown: MarkdownOptions | undefined;
  /** Makes the worker of the parser, as `markdownWorker` of the provider. */
  readonly worker: (() => Worker) | false | undefined;
  /** Markdown cannot be shown: the text is to be shown as it is. */
  readonly onFailed: () => void;
  /** What is beyond the limit of `LiveText.show` is not to be parsed yet. */
  readonly isPaced: boolean;
}

export type TextView = ComponentType<TextViewProps>;

/** What is loaded when the first panel shows Markdown. */
export interface MarkdownModule {
  readonly MarkdownText: TextView;
  /** Replaces one view by another, the text there is parsed beforehand. Returns the canceller. */
  readonly switchView: (change: ViewChange) => () => void;
}

export interface ViewChange {
  readonly to: View;
  readonly props: Pick<TextViewProps, 'handle' | 'display' | 'markdown' | 'worker'>;
  /** Sets React state. */
  readonly apply: () => void;
  readonly isDone: () => boolean;
}

export interface ShownView {
  /** `undefined`: nothing can be shown yet. */
  readonly Text: TextView | undefined;
  /** Shows this stream's text as it is. */
  readonly fail: () => void;
}

const markdown: Later<MarkdownModule> = createLater(() => import('../markdown/index.ts'), 'Markdown stays text.');

/**
 * Loads what `view="markdown"` needs, so that the first such panel does not wait for it. Resolves in any case: what cannot be
 * loaded is reported on the console, tried again when it is next needed, and the text meanwhile shown as it is.
 */
export async function preloadMarkdown(): Promise<void> {
  await markdown.load();
}

/** The component for the text: that of the view asked for, or until that is ready the one there was. */
export function useTextView(wanted: View, props: ViewChange['props']): ShownView {
  const [Text, setText] = useState(() => viewOf(wanted));
  const [failed, setFailed] = useState<StreamHandle | false>(false);
  const committed = useRef(Text);
  const latest = useRef(props);
  useLayoutEffect(() => {
    committed.current = Text;
    latest.current = props;
  });

  useEffect(() => {
    let cancel = (): void => {};
    let isOver = false;
    const change = (): void => {
      const { module } = markdown;
      const next = viewOf(wanted) ?? PlainText;
      if (isOver || committed.current === next) return;
      const apply = (): void => setText(() => next);
      if (committed.current === undefined || module === undefined) apply();
      else cancel = module.switchView({ to: wanted, props: latest.current, apply, isDone: () => committed.current === next });
    };
    if (wanted === 'markdown') void markdown.load().then(change);
    else change();
    return () => {
      isOver = true;
      cancel();
    };
  }, [wanted]);

  return { Text: failed === props.handle ? PlainText : Text, fail: () => setFailed(props.handle ?? false) };
}

function viewOf(view: View): TextView | undefined {
  return view === 'markdown' ? markdown.module?.MarkdownText : PlainText;
}
