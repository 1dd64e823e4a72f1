import { expect, onTestFinished, test } from 'vitest';
import { createStick } from '../../src/react/panel/stick.ts';

/** A scroller of 1,000 px in a view of 100, at its end. Layout is the test's. */
function openScroller() {
  const scroller = document.createElement('div');
  const box = { scrollHeight: 1000, clientHeight: 100, scrollTop: 900 };
  for (const name of ['scrollHeight', 'clientHeight'] as const) Object.defineProperty(scroller, name, { get: () => box[name] });
  Object.defineProperty(scroller, 'scrollTop', {
    get: () => box.scrollTop,
    set(to: number) {
      box.scrollTop = Math.min(to, box.scrollHeight - box.clientHeight);
    },
  });
  const told: boolean[] = [];
  const stick = createStick(
    scroller,
    (isAtEnd) => told.push(isAtEnd),
    () => {},
  );
  onTestFinished(stick.disconnect);
  stick.settle();
  const scroll = (to: number): void => {
    box.scrollTop = to;
    scroller.dispatchEvent(new Event('scroll'));
  };
  const touch = (type: string, clientY: number): void => {
    scroller.dispatchEvent(Object.assign(new Event(type), { touches: [{ clientY }] }));
  };
  return { scroller, box, stick, told, scroll, touch };
}

test('[UI38] what turns out less high moves the scroller, and is no reader who leaves', () => {
  const { box, told, scroll } = openScroller();
  box.scrollHeight = 800;
  // The browser keeps what is in sight, and the text has grown by less since.
  box.scrollHeight = 850;
  scroll(760);
  expect(told).toEqual([]);
  scroll(700);
  expect(told).toEqual([false]);
});

test('a finger that draws the text down leaves the end, and one that draws it up does not', () => {
  const { told, touch } = openScroller();
  touch('touchstart', 50);
  touch('touchmove', 40);
  expect(told).toEqual([]);
  touch('touchmove', 45);
  expect(told).toEqual([false]);
});

test('who opens a box that reaches beyond the sight wants to read it', () => {
  const { scroller, box, told } = openScroller();
  const details = document.createElement('details');
  scroller.append(details);
  details.open = true;
  details.dispatchEvent(new Event('toggle'));
  expect(told).toEqual([]);
  box.scrollHeight = 1200;
  details.dispatchEvent(new Event('toggle'));
  expect(told).toEqual([false]);
});
