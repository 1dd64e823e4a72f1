let selected: boolean | undefined;

/** Whether the reader has selected something. Asking the browser each time would have it lay out what has just been written. */
export function isSelected(): boolean {
  if (selected === undefined) {
    look();
    document.addEventListener('selectionchange', look);
  }
  return selected === true;
}

function look(): void {
  selected = getSelection()?.type === 'Range';
}
