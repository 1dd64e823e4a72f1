const formulas = '.sluice-formula, .sluice-math-block';
const known = new WeakSet<Document>();

/**
 * For the `ref` of a formula: those that are selected in its document are copied as their TeX, and as a whole. They are their TeX while the page's own
 * listeners and the browser copy, so that the browser makes text and markup of everything that is selected, as ever, or the page does.
 */
export function copyAsTex(element: Element | null): void {
  const document = element?.ownerDocument;
  if (document === undefined || known.has(document)) return;
  known.add(document);
  document.addEventListener('copy', () => replaceSelected(document), true);
}

function replaceSelected(document: Document): void {
  const selection = document.getSelection();
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) return;
  const selected = selectedFormulas(selection.getRangeAt(0));
  if (selected.length === 0) return;
  const back = [widen(selection), ...selected.map(replace)];
  const restore = (): void => {
    for (const each of back.splice(0).reverse()) each();
  };
  // The browser copies when the listeners have returned; whichever comes first is behind that, and before a picture.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = restore;
  port2.postMessage(undefined);
  requestAnimationFrame(restore);
}

function selectedFormulas(range: Range): readonly Element[] {
  const { commonAncestorContainer: common } = range;
  const element = common instanceof Element ? common : common.parentElement;
  const around = element?.closest(formulas);
  const found = around ? [around] : [...(element?.querySelectorAll(formulas) ?? [])];
  return found.filter((formula) => range.intersectsNode(formula) && formula.querySelector('annotation') !== null);
}

/** Half a formula is no TeX. */
function widen(selection: Selection): () => void {
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  const { startContainer, startOffset, endContainer } = selection.getRangeAt(0);
  const isForward = anchorNode === startContainer && anchorOffset === startOffset;
  const first = formulaOf(startContainer);
  const last = formulaOf(endContainer);
  if (anchorNode === null || focusNode === null || (first === null && last === null)) return () => {};
  const whole = selection.getRangeAt(0).cloneRange();
  if (first) whole.setStartBefore(first);
  if (last) whole.setEndAfter(last);
  const start = [whole.startContainer, whole.startOffset] as const;
  const end = [whole.endContainer, whole.endOffset] as const;
  if (isForward) selection.setBaseAndExtent(...start, ...end);
  else selection.setBaseAndExtent(...end, ...start);
  return () => selection.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
}

function formulaOf(node: Node): Element | null {
  return (node instanceof Element ? node : node.parentElement)?.closest(formulas) ?? null;
}

function replace(formula: Element): () => void {
  const drawn = [...formula.childNodes];
  const source = formula.ownerDocument.createElement('span');
  source.textContent = texOf(formula);
  source.style.whiteSpace = 'pre-wrap';
  formula.replaceChildren(source);
  return () => {
    if (source.parentNode === formula) formula.replaceChildren(...drawn);
  };
}

function texOf(formula: Element): string {
  const tex = formula.querySelector('annotation')?.textContent?.trim() ?? '';
  if (formula.matches('.sluice-math-block')) return `$$\n${tex}\n$$`;
  return tex.includes('$') ? `$$${tex}$$` : `$${tex}$`;
}
