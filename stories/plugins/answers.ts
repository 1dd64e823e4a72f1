/** Answers for the stories of the plugins: Markdown, in the deltas a model would send. */

const fence = '```';

export const code: string = `A counter, in four languages.

${fence}tsx
import { useState } from 'react';

/** Counts clicks. */
export function Counter({ start = 0 }: { start?: number }) {
  const [count, setCount] = useState(start);
  return <button onClick={() => setCount(count + 1)}>Clicked {count} times</button>;
}
${fence}

${fence}python
class Counter:
    """Counts calls."""

    def __init__(self, start: int = 0) -> None:
        self.count = start  # public

    def __call__(self) -> str:
        self.count += 1
        return f"called {self.count} times"
${fence}

${fence}html
<style>
  button { color: rebeccapurple; }
</style>
<button id="counter">0</button>
<script>
  const button = document.querySelector('#counter');
  button.onclick = () => (button.textContent = \`\${Number(button.textContent) + 1}\`);
</script>
${fence}

${fence}diff
--- a/counter.ts
+++ b/counter.ts
@@ -1 +1 @@
-export let count = 1;
+export let count = 0;
${fence}

And one that nobody knows:

${fence}whitespace-language
it stays plain
${fence}
`;

export const math: string = `The sum of the first $n$ squares is

$$
\\sum_{i=1}^{n} i^2 = \\frac{n(n+1)(2n+1)}{6}
$$

so its growth is $\\Theta(n^3)$. This one is not closed in itself: $\\frac{1$, and this is no command: $\\nosuch{x}$.

$$
\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}^{-1} = \\frac{1}{ad - bc} \\begin{pmatrix} d & -b \\\\ -c & a \\end{pmatrix}
$$
`;

export const diagrams: string = `The way of a token:

${fence}mermaid
flowchart LR
  accTitle: The way of a token
  provider[Provider] --> relay[Relay]
  relay --> worker[Worker]
  worker --> store[Store]
  store --> page[Page]
${fence}

Who says what:

${fence}mermaid
sequenceDiagram
  participant P as Page
  participant R as Relay
  P->>R: subscribe
  R-->>P: live
  P->>R: credit
${fence}
`;

export const broken: string = `This diagram has a mistake:

${fence}mermaid
flowchart LR
  a -->
${fence}

and this line of code is too long to be coloured:

${fence}json
{ "data": "${'0123456789abcdef'.repeat(160)}" }
{ "next": true }
${fence}
`;

/** The text in pieces of about four characters. */
export function deltas(text: string): string[] {
  return text.match(/[\s\S]{1,4}/g) ?? [];
}
