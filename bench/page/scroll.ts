/** What a reader who scrolls sees of it, frame by frame. */
export interface Scroll {
  /** Between the page's animation frames, ms. */
  readonly frames: readonly number[];
  /** Of each tenth frame, whether a part of the sight was what stands for blocks that are not in the document. To look costs something itself. */
  readonly standIns: readonly boolean[];
}

const frame = (): Promise<number> => new Promise(requestAnimationFrame);

/** A message posted within a frame is delivered after that frame is produced. */
const produced = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });

/** From `place` (0 the start, 1 the end) on, so much further in each of so many frames: downwards, or upwards if `step` is negative. */
export async function scrollThrough(place: number, step: number, count: number): Promise<Scroll> {
  const scroller = document.querySelector('.sluice-scroller');
  if (scroller === null) throw new Error('There is no panel.');
  scroller.scrollTop = place * (scroller.scrollHeight - scroller.clientHeight);
  for (let rest = 0; rest < 30; rest += 1) await frame();
  const { left, top, width, height } = scroller.getBoundingClientRect();
  const frames: number[] = [];
  const standIns: boolean[] = [];
  let last = await frame();
  for (let done = 0; done < count; done += 1) {
    scroller.scrollTop += step;
    if (done % 10 === 5) {
      await produced();
      const seen = [0.02, 0.25, 0.5, 0.75, 0.98].map((share) => document.elementFromPoint(left + width / 2, top + share * height));
      standIns.push(seen.some((element) => element?.classList.contains('sluice-gap')));
    }
    const now = await frame();
    frames.push(now - last);
    last = now;
  }
  return { frames, standIns };
}
