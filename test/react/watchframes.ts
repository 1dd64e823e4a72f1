import { onTestFinished } from 'vitest';
import { afterPaint } from '../../src/react/running/thread.ts';

/**
 * What `measure` says has come into the page for each picture from now on, those with nothing left out: in its frame, and in tasks
 * of React's between the paint before it and that frame.
 */
export function watchFrames(element: Element, measure: (records: readonly MutationRecord[]) => number): () => number[] {
  const frames: number[] = [];
  let records: MutationRecord[] = [];
  /** The frame whose paint is being waited for. */
  let unpainted: unknown;
  const look = (): void => {
    records.push(...observer.takeRecords());
    unpainted = undefined;
    const added = measure(records);
    if (added > 0) frames.push(added);
    records = [];
  };
  const observer = new MutationObserver((batch) => {
    // On a busy machine the next frame may come before the word that this one was painted.
    if (unpainted !== undefined && unpainted !== document.timeline.currentTime) look();
    records.push(...batch);
  });
  observer.observe(element, { subtree: true, childList: true });
  let request = requestAnimationFrame(function next() {
    unpainted = document.timeline.currentTime;
    // Before a task of React's that was posted before the paint: what that commits is in the next picture.
    afterPaint(look);
    request = requestAnimationFrame(next);
  });
  onTestFinished(() => {
    cancelAnimationFrame(request);
    observer.disconnect();
  });
  return () => {
    look();
    return frames;
  };
}

/** Code units that each picture from now on adds to what `shown` returns. */
export function watchText(element: Element, shown: () => string): () => number[] {
  let before = shown().length;
  return watchFrames(element, () => {
    const added = shown().length - before;
    before += added;
    return added;
  });
}

const blocks = 'p, h1, h2, h3, h4, h5, h6, li, tr, td, th, .sluice-code';

/** Blocks of Markdown that each picture from now on adds: each once, what was added to what has been added is in it. */
export function watchBlocks(element: Element): () => number[] {
  return watchFrames(element, (records) => {
    const added = new Set<Element>();
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        if (node instanceof Element)
          for (const block of [node, ...node.querySelectorAll(blocks)]) if (block.matches(blocks)) added.add(block);
    return added.size;
  });
}
