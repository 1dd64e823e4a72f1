import { createHighlighterCore } from '@shikijs/core';
import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import typescript from '@shikijs/langs/typescript';
import dark from '@shikijs/themes/github-dark';
import light from '@shikijs/themes/github-light';

/** What is usual: with each chunk, at most once a frame, Shiki colours the whole code again on the page's own thread. */
export async function createWhole(container: HTMLElement): Promise<{ append(text: string): void; isDone(): boolean }> {
  const highlighter = await createHighlighterCore({
    engine: createJavaScriptRegexEngine(),
    themes: [light, dark],
    langs: [typescript],
  });
  let code = '';
  let shown = 0;
  let isScheduled = false;
  const show = (): void => {
    isScheduled = false;
    container.innerHTML = highlighter.codeToHtml(code, { lang: 'typescript', themes: { light: 'github-light', dark: 'github-dark' } });
    shown = code.length;
  };
  return {
    append(text) {
      code += text;
      if (isScheduled) return;
      isScheduled = true;
      requestAnimationFrame(show);
    },
    isDone: () => shown === code.length,
  };
}
