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
  const touched = touchedFormulas(selection.getRangeAt(0));
  if (touched.length === 0) return;
  const range = withWhole(selection.getRangeAt(0));
  const selected = touched.filter((formula) => range.intersectsNode(formula));
  const back = [keepPlaces(selected), select(selection, range), ...selected.map(replace)];
  const { port1, port2 } = new MessageChannel();
  const restore = (): void => {
    port1.close();
    for (const each of back.splice(0).reverse()) each();
  };
  // The browser copies when the listeners have returned; whichever comes first is behind that, and before a picture.
  port1.onmessage = restore;
  port2.postMessage(undefined);
  requestAnimationFrame(restore);
}

function touchedFormulas(range: Range): readonly Element[] {
  const { commonAncestorContainer: common } = range;
  const element = common instanceof Element ? common : common.parentElement;
  const around = element?.closest(formulas);
  const found = around ? [around] : [...(element?.querySelectorAll(formulas) ?? [])];
  return found.filter((formula) => range.intersectsNode(formula) && isDrawn(formula));
}

/** Half a formula is no TeX. One that it ends in front of, as with three clicks on the paragraph before, or begins behind is not selected. */
function withWhole(range: Range): Range {
  const whole = range.cloneRange();
  const first = formulaOf(range.startContainer);
  const last = formulaOf(range.endContainer);
  if (first !== null) {
    if (first === last || hasText(first, range)) whole.setStartBefore(first);
    else whole.setStartAfter(first);
  }
  if (last !== null) {
    if (first === last || hasText(last, range)) whole.setEndAfter(last);
    else whole.setEndBefore(last);
  }
  return whole;
}

function formulaOf(node: Node): Element | null {
  const formula = (node instanceof Element ? node : node.parentElement)?.closest(formulas) ?? null;
  return formula !== null && isDrawn(formula) ? formula : null;
}

/** Not its source, which waits or is invalid. */
function isDrawn(formula: Element): boolean {
  return formula.querySelector('annotation') !== null;
}

/** Whether any of what is seen of the formula is in the range. */
function hasText(formula: Element, range: Range): boolean {
  const seen = formula.querySelector('.katex-html') ?? formula;
  if (!range.intersectsNode(seen)) return false;
  const part = range.cloneRange();
  if (seen.contains(range.startContainer)) part.setEnd(seen, seen.childNodes.length);
  else part.setStart(seen, 0);
  return part.toString() !== '';
}

function select(selection: Selection, range: Range): () => void {
  const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
  const isSame = startContainer === range.startContainer && endContainer === range.endContainer;
  if (isSame && startOffset === range.startOffset && endOffset === range.endOffset) return () => {};
  const before = endsOf(selection);
  const isForward = before[0] === startContainer && before[1] === startOffset;
  const start = [range.startContainer, range.startOffset] as const;
  const end = [range.endContainer, range.endOffset] as const;
  if (isForward) selection.setBaseAndExtent(...start, ...end);
  else selection.setBaseAndExtent(...end, ...start);
  const set = endsOf(selection);
  return () => {
    const [anchor, anchorOffset, focus, focusOffset] = before;
    // Meanwhile the page may have selected something else, or changed its text.
    const isOurs = endsOf(selection).every((each, index) => each === set[index]);
    if (!isOurs || anchor === null || focus === null || anchorOffset > lengthOf(anchor) || focusOffset > lengthOf(focus)) return;
    selection.setBaseAndExtent(anchor, anchorOffset, focus, focusOffset);
  };
}

function endsOf({ anchorNode, anchorOffset, focusNode, focusOffset }: Selection): readonly [Node | null, number, Node | null, number] {
  return [anchorNode, anchorOffset, focusNode, focusOffset];
}

function lengthOf(node: Node): number {
  return (node.nodeValue ?? node.childNodes).length;
}

/** The browser may lay out meanwhile, and what scrolls be shorter: it would stay where it was moved to. */
function keepPlaces(elements: readonly Element[]): () => void {
  const places = new Map<Element, readonly [left: number, top: number]>();
  for (let element of elements as readonly (Element | null)[]) {
    for (; element !== null && !places.has(element); element = element.parentElement)
      places.set(element, [element.scrollLeft, element.scrollTop]);
  }
  return () => {
    for (const [element, [left, top]] of places) {
      if (element.scrollLeft !== left || element.scrollTop !== top) element.scrollTo({ left, top, behavior: 'instant' });
    }
  };
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
