import type { ComponentPropsWithRef, ReactNode } from 'react';
import type { StreamSource } from '../../client.ts';
import type { Stream } from '../stream.ts';

/**
 * Props of `StreamPanel`: one answer. Everything a `<section>` takes is passed on, `ref`, `className` and `style` included.
 *
 * The root carries `data-stream-panel`, `data-stream-id`, `data-status` (`pending | streaming | done | failed | stopped`,
 * never ahead of the text on display), `data-epoch`, and `data-paused` while display is held.
 */
export type StreamPanelProps = StreamPanelOptions & (StreamPanelSource | StreamPanelStream);

export interface StreamPanelSource {
  /**
   * What to show. Relay ids and requests are compared by content, so they may be written inline; a local source
   * (`AsyncIterable`, `ReadableStream`, `Response`) is compared by identity and must be kept by the caller.
   */
  readonly source: StreamSource;
  readonly stream?: never;
}

export interface StreamPanelStream {
  /** In place of `source`: the result of `useStream`, for controls of your own beside the panel. They pause and retry together. */
  readonly stream: Stream;
  readonly source?: never;
}

export interface StreamPanelOptions extends Omit<ComponentPropsWithRef<'section'>, 'title'> {
  /** Name of the stream, for the header and for screen readers. @default the model, else the id, else "Answer" */
  readonly title?: string;
  /** How text is rendered: as it is, with line breaks and spaces kept. (Markdown will be another view.) @default 'plain' */
  readonly view?: 'plain';
  /**
   * What "Retry" does. Without it, a `{ request }` is sent again as a new stream, and sources that cannot be
   * repeated (an id, a local source) offer no retry.
   */
  readonly onRetry?: () => void;
  /** The panel's composition. @default `<StreamPanel.Header/><StreamPanel.Body/><StreamPanel.Footer/>` */
  readonly children?: ReactNode;
}

/** Props of `StreamPanel.Header`: title, model and the buttons. Everything a `<header>` takes is passed on. */
export interface StreamPanelHeaderProps extends ComponentPropsWithRef<'header'> {
  /** Level of the title's heading. @default 3 */
  readonly headingLevel?: 1 | 2 | 3 | 4 | 5 | 6;
  /** Further controls, in front of the built-in ones. */
  readonly children?: ReactNode;
}

/**
 * Props of `StreamPanel.Body`: the scrolling part with reasoning, tool calls, text, sources, and the empty and error states.
 * Everything a `<div>` takes is passed on to the scroller. The text, and only it, is inside `data-stream-body`.
 */
export interface StreamPanelBodyProps extends Omit<ComponentPropsWithRef<'div'>, 'children'> {
  /** Shown until the first text. @default "Waiting for the first token…" */
  readonly pending?: ReactNode;
  /** Shown when a stream ends without any text. @default "The answer has no text." */
  readonly empty?: ReactNode;
}

/** Props of `StreamPanel.Footer`: the stream's figures. Everything a `<footer>` takes is passed on. */
export interface StreamPanelFooterProps extends ComponentPropsWithRef<'footer'> {
  /** In place of the figures. @default `<StreamStats/>` */
  readonly children?: ReactNode;
}
