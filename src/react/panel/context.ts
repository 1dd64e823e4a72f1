import { type Context, createContext, use, useSyncExternalStore } from 'react';
import type { MarkdownOptions } from '../markdown/props.ts';
import type { Stream } from '../stream.ts';
import { type Display, nothingShown, type Shown } from './display.ts';
import type { View } from './view.ts';

/** What the parts of a panel share. */
export interface Panel {
  readonly stream: Stream;
  readonly display: Display;
  /** The stream's name, as shown and spoken. */
  readonly name: string;
  /** Sends the request again; `undefined` where nothing can be repeated. */
  readonly retry: (() => void) | undefined;
  readonly view: View;
  readonly markdown: MarkdownOptions | undefined;
  /** Text is shown no faster than it flows. */
  readonly isPaced: boolean;
}

export const PanelContext: Context<Panel | undefined> = createContext<Panel | undefined>(undefined);

/** @throws outside of a `StreamPanel`, naming its `part` */
export function usePanel(part: string): Panel {
  const panel = use(PanelContext);
  if (panel === undefined) throw new Error(`<StreamPanel.${part}> has no stream to show. Put it inside a <StreamPanel>.`);
  return panel;
}

export function isRunning(status: Shown['status']): boolean {
  return status === 'pending' || status === 'streaming';
}

/** What is on display: at most as far as the text is, other than `stream.status`, which the log has reached. */
export function useShown({ display }: Panel): Shown {
  return useSyncExternalStore(display.subscribe, display.shown, () => nothingShown);
}
