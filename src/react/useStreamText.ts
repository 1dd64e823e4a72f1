import { useEffect, useState } from 'react';
import { type FrameTask, frames } from './frame.ts';
import type { Stream } from './stream.ts';

/**
 * The stream's text as a string, for small readers of your own: renders the component once per frame in which the text
 * grew, and costs O(whole text) each time, where `<StreamPanel>` costs O(what arrived) and renders nothing.
 * While the stream is paused or the page hidden, the text stays as it was.
 */
export function useStreamText(stream: Stream): string {
  const { handle, paused } = stream;
  const [shown, setShown] = useState<{ readonly handle: typeof handle; readonly text: string }>();

  useEffect(() => {
    if (handle === undefined || paused) return undefined;
    const task: FrameTask = { flush: () => setShown({ handle, text: handle.record.text.toString() }) };
    const request = (): void => frames().request(task, handle.record.endedAt > 0);
    request();
    const unsubscribe = handle.subscribe(request);
    return () => {
      unsubscribe();
      frames().cancel(task);
    };
  }, [handle, paused]);

  return shown !== undefined && shown.handle === handle ? shown.text : '';
}
