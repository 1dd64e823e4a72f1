import { type ReactNode, use, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { announcer } from '../../announcer.ts';
import { CheckIcon, CopyIcon, icon } from '../../icons.tsx';
import { copyText } from './clipboard.ts';
import { CodeContext } from './context.ts';
import { originOf } from './origin.ts';
import type { CodeProps, CodeSource } from './source.ts';
import { showCode } from './view.ts';

const WrapIcon: () => ReactNode = icon('M2.5 4h11M2.5 8h8.2a2.1 2.1 0 0 1 0 4.2H8M9.4 10.6 7.8 12.2l1.6 1.6M2.5 12.2h2.6');

/**
 * A block of code, with its language, a switch for long lines and a button that copies it. The code itself passes React by:
 * the `textContent` of the `code` element is exactly the code there is so far.
 */
export function CodeBlock({ block }: CodeProps): ReactNode {
  const { highlight, wrapCode = false } = use(CodeContext);
  const [wraps, setWraps] = useState(wrapCode);
  const language = useSyncExternalStore(
    (changed) => block.subscribe(changed),
    () => block.language,
    () => block.language,
  );
  const code = useRef<HTMLElement>(null);
  useLayoutEffect(() => (code.current === null ? undefined : showCode(code.current, block, highlight)), [block, highlight]);
  const name = language === '' ? 'Code' : `Code, ${language}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="sluice-code" role="group" aria-label={name} data-language={language || undefined} data-wrap={wraps ? '' : undefined}>
      <div className="sluice-code-header">
        <span className="sluice-code-language">{language || 'code'}</span>
        <button
          type="button"
          className="sluice-action"
          aria-label="Wrap long lines"
          title="Wrap long lines"
          aria-pressed={wraps}
          onClick={() => setWraps(!wraps)}
        >
          <WrapIcon />
        </button>
        <Copy block={block} />
      </div>
      {/* Where it scrolls, the keyboard must reach it; with wrapped lines nothing scrolls. */}
      <pre className="sluice-code-scroller" dir="ltr" {...(wraps ? {} : { tabIndex: 0, role: 'group', 'aria-label': `${name}, scrolls` })}>
        <code ref={code} />
      </pre>
    </div>
  );
}

function Copy({ block }: { readonly block: CodeSource }): ReactNode {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async (): Promise<void> => {
    if (await copyText(originOf(block).code())) {
      setCopied(true);
      announcer.polite('Code copied.');
    } else announcer.assertive('The code could not be copied. The browser refused; select the text instead.');
  };
  return (
    <button type="button" className="sluice-action" aria-label="Copy code" title="Copy" onClick={() => void copy()}>
      {isCopied ? <CheckIcon /> : <CopyIcon />}
    </button>
  );
}
