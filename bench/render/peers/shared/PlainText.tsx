import type { ReactNode } from 'react';

/** Text with its line breaks. */
export function PlainText({ text }: { readonly text: string }): ReactNode {
  return <div className="bench-plain">{text}</div>;
}
