import { type ReactNode, useMemo, useState } from 'react';
import type { Part } from '../../client.ts';
import type { Json } from '../../wire/index.ts';
import { Live } from './Live.tsx';

type Call = Extract<Part, { type: 'tool' }>;

interface ToolsProps {
  readonly parts: readonly Part[];
  readonly generation: number;
}

/** The model's tool calls, one line each; arguments and result on demand. */
export function Tools({ parts, generation }: ToolsProps): ReactNode {
  const calls = parts.filter((part): part is Call => part.type === 'tool');
  if (calls.length === 0) return null;
  return (
    <ul className="sluice-tools" aria-label="Tool calls">
      {calls.map((call) => (
        <li key={`${generation} ${call.part}`}>
          <Tool call={call} result={call.result} />
        </li>
      ))}
    </ul>
  );
}

interface ToolProps {
  readonly call: Call;
  /** Beside the call, which is mutable. */
  readonly result: Json | undefined;
}

function Tool({ call, result }: ToolProps): ReactNode {
  const [open, setOpen] = useState(false);
  const answer = useMemo(() => {
    const text = (open && (typeof result === 'string' ? result : JSON.stringify(result, null, 2))) || '';
    return { length: text.length, from: (offset: number) => text.slice(offset) };
  }, [open, result]);
  const state = result === undefined ? 'called' : call.isError === true ? 'failed' : 'answered';
  return (
    <details className="sluice-tool" data-tool={state} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>{call.name}</code>
        <span>{state}</span>
      </summary>
      <Live text={call.args} open={open} />
      {result !== undefined && <Live text={answer} open={open} className="sluice-result" />}
    </details>
  );
}
