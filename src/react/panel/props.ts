import type { ComponentPropsWithRef, ReactNode } from 'react';
import type { StreamSource } from '../../client.ts';
import type { MarkdownOptions } from '../markdown/props.ts';
import type { Stream } from '../stream.ts';

/**
 * Props of `StreamPanel`: one answer. Everything a `<section>` takes is passed on, `ref`, `className` and `style` included.
 *
 * The root carries `data-stream-panel`, `data-stream-id`, `data-status` (`pending | streaming | done | failed | stopped`,
 * never ahead of the text on display), `data-epoch`, and `data-paused` while display is held.
 *
 * Its height is `--sluice-panel-height`; `auto` is as high as the text, up to a `max-height`.
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
  /**
   * How text is rendered: `plain`, as it is, with line breaks and spaces kept; or `markdown`, which is loaded when it is first
   * needed (`preloadMarkdown`). May change at any time. @default 'plain'
   */
  readonly view?: 'plain' | 'markdown';
  /** How Markdown is shown. */
  readonly markdown?: MarkdownOptions;
  /**
   * `smooth`: text that arrives in bursts flows on at about the rate at which it comes, at most 250 ms later than it could be
   * shown, and is whole as soon as the stream ends. `immediate`: all of it in the next frame. So it is, too, where the reader
   * asks for reduced motion. Either way display only: reading and folding never wait for it. @default 'immediate'
   */
  readonly pacing?: 'immediate' | 'smooth';
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
  /** Shown when a stream ends without any text to show. @default "The answer has no text." */
  readonly empty?: ReactNode;
}

/** Props of `StreamPanel.Footer`: the stream's figures. Everything a `<footer>` takes is passed on. */
export interface StreamPanelFooterProps extends ComponentPropsWithRef<'footer'> {
  /** In place of the figures. @default `<StreamStats/>` */
  readonly children?: ReactNode;
}
