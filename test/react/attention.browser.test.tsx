import { expect, onTestFinished, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { visibility } from '../../src/react/visibility.ts';

/** Boxes of which each has a button and a text, watched. */
function openBoxes() {
  const main = document.createElement('main');
  main.innerHTML = ['here', 'there', 'elsewhere']
    .map((id) => `<section id="${id}"><button>${id}</button><p>some words</p></section>`)
    .join('');
  document.body.append(main);
  const boxes = [...main.children] as HTMLElement[];
  const [here, there, elsewhere] = boxes as [HTMLElement, HTMLElement, HTMLElement];
  const sight = visibility();
  const ends = boxes.map((box) => sight.watch(box));
  onTestFinished(() => {
    for (const end of ends) end();
    main.remove();
    getSelection()?.removeAllRanges();
  });
  let now = 0;
  /** In a frame of its own each time. */
  const ranks = (): string[] => {
    now += 1;
    return boxes.map((box) => sight.rank(box, now));
  };
  return { here, there, elsewhere, ranks };
}

test('[UI10] what has the reader’s attention is what focus, pointer or selection is in', async () => {
  const { here, there, elsewhere, ranks } = openBoxes();
  expect(ranks()).toEqual(['visible', 'visible', 'visible']);
  there.querySelector('button')?.focus();
  expect(ranks()).toEqual(['visible', 'focused', 'visible']);
  const words = elsewhere.querySelector('p')?.firstChild;
  if (!words) throw new Error('There are no words.');
  getSelection()?.setBaseAndExtent(words, 0, words, 4);
  await expect.poll(ranks).toEqual(['visible', 'focused', 'focused']);
  getSelection()?.collapse(words, 2);
  await expect.poll(ranks).toEqual(['visible', 'focused', 'visible']);
  (document.activeElement as HTMLElement).blur();
  await userEvent.hover(here);
  expect(ranks()).toEqual(['focused', 'visible', 'visible']);
  await userEvent.unhover(here);
});
