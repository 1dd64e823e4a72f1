import { use, useEffect } from 'react';
import { StreamPanel, type StreamSource, useStream } from 'sluice-kit';
import { HandlesContext } from './handles.ts';
import { markdown } from './markdown.ts';

export interface AnswerProps {
  readonly source: StreamSource;
  readonly title: string;
  readonly view: 'plain' | 'markdown';
}

export function Answer({ source, title, view }: AnswerProps): React.ReactNode {
  const handles = use(HandlesContext);
  const stream = useStream(source);
  const { handle, id } = stream;
  useEffect(() => (handle === undefined ? undefined : handles?.add(handle)), [handle, handles]);
  return (
    <StreamPanel stream={stream} title={title} view={view} markdown={markdown}>
      <StreamPanel.Header>
        {id !== undefined && (
          <a
            className="sluice-action demo-open"
            href={`/?id=${id}`}
            target="_blank"
            rel="noreferrer"
            aria-label={`Open ${title} in another tab`}
          >
            ↗
          </a>
        )}
      </StreamPanel.Header>
      <StreamPanel.Body />
      <StreamPanel.Footer />
    </StreamPanel>
  );
}
