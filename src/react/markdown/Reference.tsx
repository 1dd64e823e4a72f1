import { type MouseEvent, type ReactNode, useLayoutEffect, useState } from 'react';
import { useMarkdown } from './context.ts';
import { leadToNote } from './footnote.ts';
import { footnoteLabel } from './nodes.ts';

interface ReferenceProps {
  readonly label: string;
  /** Within a link, where there can be no other. */
  readonly isLinked: boolean;
}

/** A reference to a footnote: a number that leads to it. As long as there is no such footnote, its label. */
export function Reference({ label, isLinked }: ReferenceProps): ReactNode {
  const { options, id, view } = useMarkdown();
  const name = footnoteLabel(label);
  const [number, setNumber] = useState(() => view.footnote(name));
  useLayoutEffect(() => view.onFootnotes(() => setNumber(view.footnote(name))), [view, name]);
  const Sup = options.tag('sup');
  const Link = options.tag('a');
  return (
    <Sup>
      {number === undefined || isLinked ? (
        (number ?? label)
      ) : (
        <Link
          href={`#${id}-note-${number}`}
          aria-label={`Footnote ${number}`}
          data-footnote-ref={number}
          onClick={(event: MouseEvent<HTMLElement>) => leadToNote(event, number)}
        >
          {number}
        </Link>
      )}
    </Sup>
  );
}
