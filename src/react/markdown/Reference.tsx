import { type MouseEvent, type ReactNode, useLayoutEffect, useState } from 'react';
import { useMarkdown } from './context.ts';
import { leadTo } from './footnote.ts';
import { footnoteLabel } from './nodes.ts';

/** A reference to a footnote: a number that leads to it. As long as there is no such footnote, its label. */
export function Reference({ label }: { readonly label: string }): ReactNode {
  const { options, id, view } = useMarkdown();
  const name = footnoteLabel(label);
  const [number, setNumber] = useState(() => view.footnote(name));
  useLayoutEffect(() => view.onFootnotes(() => setNumber(view.footnote(name))), [view, name]);
  const Sup = options.tag('sup');
  const Link = options.tag('a');
  return (
    <Sup>
      {number === undefined ? (
        label
      ) : (
        <Link
          href={`#${id}-note-${number}`}
          aria-label={`Footnote ${number}`}
          data-footnote-ref={number}
          onClick={(event: MouseEvent<HTMLElement>) => leadTo(event, `[data-footnote="${number}"]`)}
        >
          {number}
        </Link>
      )}
    </Sup>
  );
}
