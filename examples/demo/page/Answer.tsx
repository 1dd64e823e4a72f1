import { use, useEffect, useMemo } from 'react';
import { StreamPanel, type StreamRequest, useStream } from 'sluice-kit';
import { HandlesContext } from './handles.ts';

export interface AnswerProps {
  readonly request: StreamRequest;
  readonly title: string;
}

export function Answer({ request, title }: AnswerProps): React.ReactNode {
  const handles = use(HandlesContext);
  const source = useMemo(() => ({ request }), [request]);
  const stream = useStream(source);
  const { handle } = stream;
  useEffect(() => (handle === undefined ? undefined : handles?.add(handle)), [handle, handles]);
  return <StreamPanel stream={stream} title={title} />;
}
