import { mathFromMarkdown } from 'mdast-util-math';
import { math } from 'micromark-extension-math';

type Syntax = ReturnType<typeof math>;
type Construct = Extract<NonNullable<Syntax['text']>[string], { tokenize: unknown }>;
type Tokenize = Construct['tokenize'];
type State = ReturnType<Tokenize>;
type Code = Parameters<State>[0];

const previous: Construct['previous'] = function (code) {
  return code !== 36 || this.events.at(-1)?.[1].type === 'characterEscape';
};

/** `$`, no white space, …, no white space, `$`, no digit. A backslash escapes a dollar in it. */
const tokenize: Tokenize = (effects, ok, nok) => {
  let last: Code = null;
  const sequence = (code: Code, next: State): State => {
    effects.enter('mathTextSequence');
    effects.consume(code);
    effects.exit('mathTextSequence');
    return next;
  };
  const opened: State = (code) => (code === null || code === 36 || isBlank(code) ? nok(code) : between(code));
  const between: State = (code) => {
    if (code === null) return nok(code);
    if (code === 36) return isBlank(last) ? nok(code) : sequence(code, closed);
    if (!isLineEnding(code)) {
      effects.enter('mathTextData');
      return data(code);
    }
    last = code;
    effects.enter('lineEnding');
    effects.consume(code);
    effects.exit('lineEnding');
    return between;
  };
  const data: State = (code) => {
    if (code === null || code === 36 || isLineEnding(code)) {
      effects.exit('mathTextData');
      return between(code);
    }
    last = code;
    effects.consume(code);
    return code === 92 ? escaped : data;
  };
  const escaped: State = (code) => {
    if (code !== 36 && code !== 92) return data(code);
    last = code;
    effects.consume(code);
    return data;
  };
  const closed: State = (code) => {
    if (code === 36 || (code !== null && code >= 48 && code <= 57)) return nok(code);
    effects.exit('mathText');
    return ok(code);
  };
  return (code) => {
    effects.enter('mathText');
    return sequence(code, opened);
  };
};

/** micromark's codes below zero are line endings and tabs. */
function isLineEnding(code: Code): boolean {
  return code !== null && code < -2;
}

function isBlank(code: Code): boolean {
  return code !== null && (code < 0 || code === 32);
}

/** micromark's math, but for single dollars, which it reads like backticks: so prices are formulas. */
export const mathSyntax: readonly Syntax[] = [
  math({ singleDollarTextMath: false }),
  { text: { 36: { name: 'mathText', tokenize, previous } } },
];
export const mathToMdast: ReturnType<typeof mathFromMarkdown>[] = [mathFromMarkdown()];
