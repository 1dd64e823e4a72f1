import type { ReactNode } from 'react';

/** Drawn on a 16 px grid in the text's colour; always beside a name, so hidden from assistive technology. */
export function icon(path: string): () => ReactNode {
  return () => (
    <svg className="sluice-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export const PauseIcon: () => ReactNode = icon('M5.5 4v8M10.5 4v8');
export const PlayIcon: () => ReactNode = icon('M5.5 3.8v8.4L12 8z');
export const StopIcon: () => ReactNode = icon('M4 4h8v8H4z');
export const RetryIcon: () => ReactNode = icon('M12.6 6.4A5 5 0 1 0 13 8.6M13 3.4v3.2H9.8');
export const CopyIcon: () => ReactNode = icon('M6 5.8h6.2v7.4H6zM10 5.8V3H3.8v7.4H6');
export const CheckIcon: () => ReactNode = icon('M3.5 8.5 6.6 11.6 12.5 4.8');
