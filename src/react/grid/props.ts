import type { ComponentPropsWithRef } from 'react';

/**
 * Props of `StreamGrid`: panels side by side, as many columns as fit. Everything a `<div>` takes is passed on.
 *
 * With 48 children or more, panels come in a few in each frame, those in view first, and the browser does not draw those out of
 * view. All of them stay mounted: no stream is left or begun anew by scrolling, and what is out of view is found, selected,
 * copied and printed like everything else. Their height is `--sluice-panel-height`.
 */
export interface StreamGridProps extends ComponentPropsWithRef<'div'> {
  /** Narrowest column, a CSS length. @default '22rem' */
  readonly minColumnWidth?: string;
}
