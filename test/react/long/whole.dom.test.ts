import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Whole, watchWhole } from '../../../src/react/markdown/long/whole.ts';
import { visibility } from '../../../src/react/visibility.ts';

/** A list in its panel, and what is beside it. */
function openList() {
  document.body.innerHTML =
    '<button id="other"></button><section data-stream-panel tabindex="-1"><button id="own"></button><div></div></section>';
  const panel = document.querySelector('section') as HTMLElement;
  const own = document.querySelector('#own') as HTMLElement;
  const other = document.querySelector('#other') as HTMLElement;
  const told: Whole[] = [];
  onTestFinished(watchWhole(panel.querySelector('div') as HTMLElement, (whole) => told.push(whole)));
  const press = (key: string, held: KeyboardEventInit = {}): Whole[] => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, ...held, bubbles: true }));
    return told.splice(0);
  };
  const tell = (target: EventTarget, type: string): Whole[] => {
    target.dispatchEvent(new Event(type, { bubbles: true }));
    return told.splice(0);
  };
  return { panel, own, other, press, tell };
}

beforeEach(() => void vi.restoreAllMocks());

test.for([
  ['f', { ctrlKey: true }],
  ['F', { metaKey: true }],
  ['g', { ctrlKey: true }],
  ['G', { ctrlKey: true, shiftKey: true }],
  ['F3', {}],
] as const)('[UI40] the page’s search by %s, with the focus in the panel or nowhere', ([key, held]) => {
  const { own, press, tell, other } = openList();
  own.focus();
  expect(press(key, held)).toEqual(['search']);
  expect(tell(other, 'pointerdown')).toEqual([undefined]);
  own.blur();
  expect(press(key, held)).toEqual(['search']);
});

test.for([
  ['f', {}],
  ['f', { ctrlKey: true, altKey: true }],
  ['h', { ctrlKey: true }],
  ['F4', {}],
] as const)('[UI40] not by %s %j', ([key, held]) => {
  const { own, press } = openList();
  own.focus();
  expect(press(key, held)).toEqual([]);
});

test('[UI40] who has the focus elsewhere, or sees nothing of the panel, searches something else', () => {
  const { other, press } = openList();
  other.focus();
  expect(press('f', { ctrlKey: true })).toEqual([]);
  other.blur();
  vi.spyOn(visibility(), 'rank').mockReturnValue('offscreen');
  expect(press('f', { ctrlKey: true })).toEqual([]);
});

test('[UI40] the search is over when focus or pointer go elsewhere, not within the panel or on the bare page', () => {
  const { own, other, press, tell } = openList();
  press('F3');
  expect([press('F3'), tell(own, 'focusin'), tell(own, 'pointerdown'), tell(document.body, 'pointerdown')]).toEqual([[], [], [], []]);
  expect(tell(other, 'focusin')).toEqual([undefined]);
});

test('[UI40] printing takes all, and leaves what the search has', () => {
  const { press, tell } = openList();
  expect([tell(window, 'beforeprint'), tell(window, 'afterprint')]).toEqual([['print'], [undefined]]);
  press('F3');
  expect([tell(window, 'beforeprint'), tell(window, 'afterprint')]).toEqual([['print'], ['search']]);
});
