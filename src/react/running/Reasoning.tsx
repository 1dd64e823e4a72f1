import { type ReactNode, useState } from 'react';
import type { Part } from '../../client.ts';
import { Live } from './Live.tsx';

type Thought = Extract<Part, { text: unknown }>;

interface ReasoningProps {
  readonly parts: readonly Part[];
  readonly generation: number;
}

/** The model's reasoning, closed until somebody wants to read it. */
export function Reasoning({ parts, generation }: ReasoningProps): ReactNode {
  const [open, setOpen] = useState(false);
  const reasoning = parts.filter((part): part is Thought => part.type === 'reasoning');
  if (reasoning.length === 0) return null;
  return (
    <details className="sluice-reasoning" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Reasoning</summary>
      {reasoning.map(({ part, text }) => (
        <Live key={`${generation} ${part}`} text={text} open={open} />
      ))}
    </details>
  );
}
