import { type VirtualItem, Virtualizer, type VirtualizerOptions } from '@tanstack/virtual-core';
import { useLayoutEffect, useState } from 'react';

export type List = Virtualizer<HTMLElement, HTMLElement>;

export interface VirtualOptions extends Omit<VirtualizerOptions<HTMLElement, HTMLElement>, 'onChange'> {
  /** Something is in view or has a height that was not; `isCommitting`: within a commit of React. */
  readonly onChange: (isCommitting: boolean) => void;
}

export interface Virtual {
  readonly list: List;
  /** For the `ref` of each element. */
  readonly measure: (element: HTMLElement | null) => void;
}

/**
 * A virtualizer for the life of a component, as `@tanstack/react-virtual` makes one. That one renders in the middle of a scroll
 * event, whatever the frame has to do besides; here `onChange` says when.
 */
export function useVirtual({ onChange, ...options }: VirtualOptions): Virtual {
  const [committing] = useState(() => ({ now: false }));
  const all = { ...options, onChange: () => onChange(committing.now) };
  const [virtual] = useState((): Virtual => {
    const list: List = new Virtualizer(all);
    return {
      list,
      measure(element) {
        committing.now = true;
        list.measureElement(element);
        committing.now = false;
      },
    };
  });
  const { list } = virtual;
  list.setOptions(all);
  // The two calls that are for adapters.
  useLayoutEffect(() => list._didMount(), [list]);
  useLayoutEffect(() => {
    committing.now = true;
    list._willUpdate();
    committing.now = false;
  });
  return virtual;
}

/** What the list has to be moved by and cannot yet, since a finger or a bounce is moving it: it is drawn moved until then, px. */
export function heldBack(list: List): number {
  const first: VirtualItem | undefined = list.getVirtualItems()[0];
  return first === undefined ? 0 : (list.measurementsCache[first.index]?.start ?? 0) - first.start;
}
