import type { RootNode } from '../nodes.ts';
import { groupsText } from './text.ts';

const roots = new WeakMap<Element, RootNode>();

/** Sees to it that what of a list is not in its document is copied with what is selected around it. */
export function copyWhole(list: Element, root: RootNode): void {
  roots.set(list, root);
  // Once in a document, whichever part of the page has the focus.
  list.ownerDocument.addEventListener('copy', copied);
}

function copied(event: ClipboardEvent): void {
  const text = event.defaultPrevented ? undefined : selectedText(event.currentTarget as Document);
  if (text === undefined) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
}

// Everything that is selected, of all lists and of what is between them, as the browser says it; what is left out as the models say
// it. `undefined` where nothing is: then copying is the browser's matter.
function selectedText(document: Document): string | undefined {
  const selection = document.getSelection();
  const gaps = [...document.querySelectorAll<HTMLElement>('.sluice-gap')].filter((gap) => selection?.containsNode(gap, true));
  if (!selection || selection.isCollapsed || gaps.length === 0) return undefined;
  // Marks hold their places, since to lay out the texts themselves would take seconds.
  for (const [index, gap] of gaps.entries()) gap.textContent = `\ue000${index}\ue000`;
  const text = String(selection);
  for (const gap of gaps) gap.textContent = '';
  return text.replace(/(\n*)\ue000(\d+)\ue000(\n*)/g, (_, before: string, index: number, after: string) => {
    const gap = gaps[index];
    return `${before && '\n\n'}${gap ? textOf(gap) : ''}${after && '\n\n'}`;
  });
}

function textOf({ parentElement, dataset }: HTMLElement): string {
  const root = parentElement && roots.get(parentElement);
  const from = Number(dataset['from']);
  return root ? groupsText(root, from, from + Number(dataset['count'])) : '';
}
