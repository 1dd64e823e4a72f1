import type { MouseEvent, ReactNode } from 'react';
import { useMarkdown } from './context.ts';
import { leadBack } from './footnote.ts';

interface FootnotesProps {
  /** The definitions. */
  readonly children: ReactNode;
}

/** All footnotes, behind the answer, wherever they were defined. */
export function Footnotes({ children }: FootnotesProps): ReactNode {
  const { options, id } = useMarkdown();
  const List = options.tag('ol');
  return (
    <section className="sluice-footnotes" aria-labelledby={`${id}-notes`}>
      {/* No heading: among the answer's own it would look like part of it. */}
      <p id={`${id}-notes`} className="sluice-footnotes-title">
        Footnotes
      </p>
      <List>{children}</List>
    </section>
  );
}

interface FootnoteProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** One footnote, with the way back to where the reader has come from, or the first place that refers to it, once there is one. */
export function Footnote({ label, children }: FootnoteProps): ReactNode {
  const { options, id, view } = useMarkdown();
  const number = view.footnote(label);
  const Item = options.tag('li');
  const Link = options.tag('a');
  return (
    <Item id={`${id}-note-${number}`} dir="auto" tabIndex={-1} data-footnote={number}>
      {children}
      {view.isReferred(label) && (
        <Link
          href={`#${id}-note-${number}`}
          className="sluice-footnote-back"
          aria-label={`Back to reference ${number}`}
          onClick={(event: MouseEvent<HTMLElement>) => number !== undefined && leadBack(event, number, () => view.reference(label))}
        >
          ↩
        </Link>
      )}
    </Item>
  );
}
