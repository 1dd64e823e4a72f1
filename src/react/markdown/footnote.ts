import type { MouseEvent } from 'react';

/** Leads to an element within this answer, whatever the app makes of addresses that begin with `#`. */
export function leadTo(event: MouseEvent<HTMLElement>, selector: string): void {
  const target = event.currentTarget.closest('[data-stream-body]')?.querySelector<HTMLElement>(selector);
  if (target === null || target === undefined) return;
  event.preventDefault();
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: 'nearest' });
}
