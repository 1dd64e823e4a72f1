let selected: boolean | undefined;

/**
 * Whether the reader has selected something. Asked once in a task, at the beginning of a frame in most: where nothing is selected, the
 * browser lays out what has been written before it answers. Its event would come a task late.
 */
export function isSelected(): boolean {
  if (selected === undefined) {
    selected = getSelection()?.type === 'Range';
    queueMicrotask(() => {
      selected = undefined;
    });
  }
  return selected;
}
