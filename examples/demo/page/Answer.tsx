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
  const { handle } = useStream(source);
  useEffect(() => (handle === undefined ? undefined : handles?.add(handle)), [handle, handles]);
  return <StreamPanel source={source} title={title} />;
}
