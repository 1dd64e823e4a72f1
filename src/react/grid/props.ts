import type { ComponentPropsWithRef } from 'react';

/** Props of `StreamGrid`: panels side by side, as many columns as fit. Everything a `<div>` takes is passed on. */
export interface StreamGridProps extends ComponentPropsWithRef<'div'> {
  /** Narrowest column, a CSS length. @default '22rem' */
  readonly minColumnWidth?: string;
}
