import { type FrameTask, frames } from '../../frame.ts';

// A group that has not come in after so many frames is not coming.
const mostFrames = 120;

/** Calls back in a frame in which the group is in the document, having scrolled to where it is left out. Gives up after two seconds or so. */
export function seekGroup(list: HTMLElement, index: number, found: (group: HTMLElement) => void): void {
  let left = mostFrames;
  const task: FrameTask = {
    flush() {},
    settle() {
      const group = list.querySelector<HTMLElement>(`:scope > [data-index="${index}"]`);
      if (group !== null) {
        found(group);
        return;
      }
      left -= 1;
      if (left === 0 || !list.isConnected) return;
      scrollToGap(list, index);
      frames().request(task);
    },
  };
  frames().request(task);
}

// To about where in its gap the group is, unless that is in sight.
function scrollToGap(list: HTMLElement, index: number): void {
  const gaps = [...list.querySelectorAll<HTMLElement>(':scope > .sluice-gap')];
  const gap = gaps.find(({ dataset }) => index >= Number(dataset['from']) && index < Number(dataset['from']) + Number(dataset['count']));
  const scroller = list.closest('.sluice-scroller');
  if (gap === undefined || scroller === null) return;
  const box = gap.getBoundingClientRect();
  const sight = scroller.getBoundingClientRect();
  const place = box.top + (box.height * (index - Number(gap.dataset['from']) + 0.5)) / Number(gap.dataset['count']);
  if (place < sight.top || place > sight.bottom) scroller.scrollTop += place - (sight.top + sight.bottom) / 2;
}
