import type { CodeHighlightingMode } from '@stream-mdx/core';
import { BottomStickScrollArea } from '@stream-mdx/react/components/bottom-stick-scroll-area';
import workerUrl from '@stream-mdx/worker/hosted/markdown-worker.js?url';
import { type ReactNode, useMemo, useRef } from 'react';
import { StreamingMarkdown, type StreamingMarkdownHandle, type StreamingSchedulerOptions } from 'stream-mdx';
import { readableStreams, setup } from '../../subject.ts';
import { mount } from '../shared/mount.tsx';
import './style.css';

// Its hosted worker, one for each answer, as it has it, and a stream for each. The worker is given as an object: by its address it would be
// started twice.

const page = setup();
const { streams, opened } = readableStreams(page);
const workers = streams.map(() => new Worker(workerUrl, { type: 'module' }));
// What the text has none of is off. Highlighting by line is what it recommends for streams; the default never coloured a block here.
const codeHighlighting: CodeHighlightingMode = page.highlight ? 'incremental' : 'final';
const features = { codeHighlighting, tables: true, html: false, mdx: false, math: false, footnotes: false };
// The profile it names for comparisons. With its default, flushing in microtasks, React gives up: maximum update depth exceeded.
const scheduling: StreamingSchedulerOptions = { batch: 'rAF', startupMicrotaskFlushes: 8, adaptiveBudgeting: false };
const languages = page.highlight ? ['typescript'] : [];

function Answer({ index }: { readonly index: number }): ReactNode {
  const worker = workers[index];
  const markdown = useRef<StreamingMarkdownHandle>(null);
  const stream = useMemo(() => whole(streams[index], () => markdown.current?.finalize()), [index]);
  return (
    <BottomStickScrollArea className="stick-area" viewportClassName="bench-scroller" showJumpToBottom={false}>
      <div data-panel-text="">
        <StreamingMarkdown
          ref={markdown}
          stream={stream}
          {...(worker && { worker })}
          scheduling={scheduling}
          features={features}
          prewarmLangs={languages}
        />
      </div>
    </BottomStickScrollArea>
  );
}

/** The end of a stream does not end the text: that is asked for. */
async function* whole(stream: ReadableStream<string> | undefined, finalize: () => void): AsyncGenerator<string> {
  if (stream !== undefined) yield* stream;
  finalize();
}

/** Twelve megabytes of script each: the text waits until they run. */
function started(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.addEventListener('message', () => resolve(), { once: true });
  });
}

mount(page, Answer, [opened, ...workers.map(started)]);
