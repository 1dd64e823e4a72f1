import { useCallback, useLayoutEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { isLocal } from '../client/sources.ts';
import type { RelaySource, RequestSource, StreamHandle, StreamRequest, StreamSource, StreamSummary } from '../client.ts';
import { useSluice } from './provider/context.ts';
import { repeated, useSameSource } from './source.ts';
import type { Stream } from './stream.ts';

/**
 * Follows a stream as long as the component is mounted; afterwards the client detaches it, a grace later.
 * Renders when something rare changes (status, id, model, error, pause), never for text: show it with `<StreamPanel>`,
 * read `handle.record`, or use `useStreamText`.
 *
 * Relay ids and requests are compared by content; keep local sources yourself (`useState`, `useMemo`, outside React).
 */
export function useStream(source: StreamSource): Stream {
  const client = useSluice();
  // A missing one is a wrong one: the stream says so.
  const given = useSameSource(source ?? ({} as StreamSource));
  const [retried, setRetried] = useState<{ readonly of: StreamSource; readonly source: StreamSource }>();
  const current = retried?.of === given ? retried.source : given;
  const [attached, setAttached] = useState<{ readonly source: StreamSource; readonly handle: StreamHandle }>();
  const [pausedFor, setPausedFor] = useState<StreamSource>();
  const paused = pausedFor === current;
  const handle = attached?.source === current ? attached.handle : undefined;

  // Before paint, so that a stream the page already has is there in the first picture.
  useLayoutEffect(() => {
    const next = client.attach(current);
    setAttached({ source: current, handle: next });
    return () => {
      next.release();
      setAttached((now) => (now?.handle === next ? undefined : now));
    };
  }, [client, current]);

  const unknown = useMemo(() => unattached(current), [current]);
  const summary = useSyncExternalStore(
    client.store.subscribe,
    () => handle?.record.summary ?? unknown,
    () => unknown,
  );

  const pause = useCallback(() => setPausedFor(current), [current]);
  const resume = useCallback(() => setPausedFor(undefined), []);
  const stop = useCallback(async () => {
    setPausedFor(undefined);
    await handle?.stop();
  }, [handle]);
  const retry = useCallback(() => {
    const again = repeated(given);
    if (again === undefined) return;
    setRetried({ of: given, source: again });
    setPausedFor(undefined);
  }, [given]);

  return useMemo(() => {
    const { key: _, ...rare } = summary;
    const id = rare.id ?? unknown.id;
    const provider = rare.provider || unknown.provider;
    const model = rare.model || unknown.model;
    return { ...rare, id, provider, model, handle, paused, retryable: !!repeated(given), pause, resume, stop, retry };
  }, [summary, unknown, handle, paused, given, pause, resume, stop, retry]);
}

/** What the source itself says of the stream, until the stream does. */
function unattached(source: StreamSource): StreamSummary {
  const { id, request } = (isLocal(source) ? {} : source) as Partial<RelaySource & RequestSource>;
  const { provider = '', model = '' } = request ?? ({} as Partial<StreamRequest>);
  return {
    key: 0,
    id: request ? request.id : id,
    status: 'pending',
    epoch: '',
    provider,
    model,
    error: undefined,
    finishReason: undefined,
  };
}
