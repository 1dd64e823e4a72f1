import { describe, expect, onTestFinished, test } from 'vitest';
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

describe.each(['summary', 'button'] as const)('a box that is opened by its %s', (tag) => {
  function openBox() {
    const opened = openScroller();
    const { scroller, stick } = opened;
    const details = document.createElement(tag === 'summary' ? 'details' : 'div');
    const opener = document.createElement(tag);
    const inside = document.createElement('b');
    opener.append(inside);
    details.append(opener);
    scroller.append(details);
    const open = (isOpen: boolean): void => {
      if (tag === 'button') opener.setAttribute('aria-expanded', String(isOpen));
      else details.toggleAttribute('open', isOpen);
    };
    open(false);
    const press = (isOpen: boolean): void => {
      inside.dispatchEvent(new MouseEvent('click', { bubbles: true }));
      open(isOpen);
      stick.settle();
    };
    return { ...opened, press };
  }

  test('keeps the reader, also where it takes some frames to open, until it is closed', () => {
    const { box, stick, told, press } = openBox();
    press(true);
    box.scrollHeight = 1200;
    stick.settle();
    expect([told, box.scrollTop]).toEqual([[false], 900]);
    press(false);
    box.scrollHeight = 1000;
    stick.settle();
    expect(told).toEqual([false, true]);
    box.scrollHeight = 1100;
    stick.settle();
    expect(box.scrollTop).toBe(1000);
  });

  test('leaves the reader where they are if the text has gone on below it', () => {
    const { box, stick, told, press } = openBox();
    press(true);
    box.scrollHeight = 1100;
    press(false);
    stick.settle();
    expect([told, box.scrollTop]).toEqual([[false], 900]);
  });

  test('leaves the reader at the end where all of the text is in sight', () => {
    const { box, stick, told, press } = openBox();
    Object.assign(box, { scrollHeight: 100, scrollTop: 0 });
    stick.settle();
    press(true);
    box.scrollHeight = 150;
    stick.settle();
    expect([told, box.scrollTop]).toEqual([[], 50]);
  });

  test('and does not open leaves the reader at the end', () => {
    const { box, stick, told, press } = openBox();
    press(false);
    box.scrollHeight = 1200;
    stick.settle();
    expect([told, box.scrollTop]).toEqual([[], 1100]);
  });

  test('stays open when something in it is pressed, and leaves the reader at the end', () => {
    const { box, stick, told, press } = openBox();
    press(true);
    stick.restart();
    press(true);
    box.scrollHeight = 1200;
    stick.settle();
    expect([told, box.scrollTop]).toEqual([[false, true], 1100]);
  });
});
