import { expect, test } from 'vitest';
import { katex } from '../../src/plugins/katex.tsx';
import { frame, openPage } from '../react/code/page.tsx';

const { Math: Formula } = katex({ macros: { '\\R': '\\mathbb{R}' } });

async function shown(tex: string, display: boolean): Promise<HTMLElement> {
  const page = openPage(<Formula tex={tex} display={display} />);
  await expect.poll(() => page.container.querySelector('.katex, .sluice-math-error')).not.toBeNull();
  return page.container;
}

test('[UI26] TeX becomes math, in a line and as a block, with MathML for screen readers', async () => {
  const inline = await shown('x^2 \\in \\R', false);
  expect(inline.querySelector('math annotation')?.textContent).toBe('x^2 \\in \\R');
  expect(inline.querySelector('.katex-html')?.getAttribute('aria-hidden')).toBe('true');
  expect(inline.querySelector('.katex-display')).toBeNull();
  expect((await shown('\\sum_{i=1}^n i', true)).querySelector('.katex-display math[display="block"]')).not.toBeNull();
});

test('[UI26] until KaTeX is loaded, the source is shown', async () => {
  const page = openPage(null);
  const Own = katex().Math;
  const sights: string[] = [];
  new MutationObserver(() => sights.push(page.container.textContent ?? '')).observe(page.container, { childList: true, subtree: true });
  page.render(<Own tex="a+b" display={false} />);
  await expect.poll(() => page.container.querySelector('.katex')).not.toBeNull();
  expect(sights[0]).toBe('a+b');
});

test.each([
  ['invalid', '\\frac{1'],
  ['an unknown macro', '\\nosuchmacro{1}'],
  ['endless macros', '\\def\\a{\\a\\a}\\a'],
  ['too long', 'x+'.repeat(6000)],
])('[UI26] %s TeX shows its source, marked', async (_, tex) => {
  const container = await shown(tex, true);
  expect(container.querySelector('.sluice-math-error code')?.textContent).toBe(tex);
  expect(container.textContent).toContain('invalid TeX');
  expect(container.querySelector('[title]')?.getAttribute('title')).not.toBe('');
});

test('[UI26] TeX makes no links, images, classes, styles or elements of its own', async () => {
  for (const tex of [
    '\\href{javascript:alert(1)}{x}',
    '\\url{https://example.com}',
    '\\includegraphics{https://example.com/x.png}',
    '\\htmlClass{a}{x}',
    '\\htmlStyle{position:fixed}{x}',
    '\\text{<img src=x onerror=alert(1)>}',
  ]) {
    const container = await shown(tex, false);
    expect(container.querySelector('a, img, [onerror], .a')).toBeNull();
    expect(container.querySelector('[style*="fixed"]')).toBeNull();
  }
  const wide = await shown('\\rule{100000em}{1em}', true);
  expect(wide.innerHTML).not.toContain('100000em;');
});

test('[UI26] a formula changes no macro for the next', async () => {
  await shown('\\gdef\\R{\\text{stolen}}\\R', false);
  const next = await shown('\\R', false);
  expect(next.querySelector('.katex-html')?.textContent).not.toContain('stolen');
});

function openMany(count: number): HTMLElement {
  const formulas = Array.from({ length: count }, (_, index) => `x_{${index}}`);
  const page = openPage(
    <p>
      {formulas.map((tex) => (
        <Formula key={tex} tex={tex} display={false} />
      ))}
    </p>,
  );
  return page.container;
}

test('[UI26] a picture draws 32 formulas at most, those in front first; what waits shows its source', async () => {
  await shown('x', false);
  const container = openMany(200);
  const drawn = (): number => container.querySelectorAll('.katex').length;
  while (container.querySelector('p') === null) await frame();
  const counts = [drawn()];
  while (drawn() < 200) {
    await frame();
    counts.push(drawn());
    const sources = [...container.querySelectorAll('.sluice-math-source')].map(({ textContent }) => textContent);
    expect(sources).toEqual(Array.from({ length: 200 - drawn() }, (_, index) => `x_{${drawn() + index}}`));
  }
  const added = counts.slice(1).map((count, index) => count - (counts[index] ?? 0));
  expect(added.length).toBeGreaterThan(1);
  expect(Math.max(counts[0] ?? 0, ...added)).toBeLessThanOrEqual(32);
});

test('[UI26] before printing all formulas are drawn at once', async () => {
  await shown('x', false);
  const container = openMany(200);
  await expect.poll(() => container.querySelector('p')).not.toBeNull();
  dispatchEvent(new Event('beforeprint'));
  expect(container.querySelectorAll('.katex')).toHaveLength(200);
  dispatchEvent(new Event('afterprint'));
});
