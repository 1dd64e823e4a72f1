import type { ComponentPropsWithRef } from 'react';
import type { Stream } from '../stream.ts';

/**
 * Props of `StreamStats`: tokens, tokens per second and time to first token of one stream, at most four updates a second
 * and none through React. Everything a `<dl>` takes is passed on.
 */
export interface StreamStatsProps extends Omit<ComponentPropsWithRef<'dl'>, 'children'> {
  /** Result of `useStream`. @default the stream of the surrounding `StreamPanel` */
  readonly stream?: Stream;
}
