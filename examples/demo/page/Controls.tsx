import { useEffect, useState } from 'react';
import { defaultModel, type Query } from './query.ts';

interface ProviderChoice {
  readonly name: string;
  readonly available: boolean;
}

export interface ControlsProps {
  readonly query: Query;
  readonly onStart: (query: Query) => void;
  readonly onStop: () => void;
  readonly onView: (view: Query['view']) => void;
}

export function Controls({ query, onStart, onStop, onView }: ControlsProps): React.ReactNode {
  const providers = useProviders();
  const [draft, setDraft] = useState(query);
  const set = (change: Partial<Query>): void => setDraft((current) => ({ ...current, ...change }));
  const scripted = draft.provider === 'scripted';
  return (
    <form
      className="demo-controls"
      onSubmit={(event) => {
        event.preventDefault();
        onStart({ ...draft, view: query.view });
      }}
    >
      <label>
        Provider
        <select value={draft.provider} onChange={(event) => set({ provider: event.target.value, model: defaultModel(event.target.value) })}>
          {!providers.some(({ name }) => name === draft.provider) && <option>{draft.provider}</option>}
          {providers.map(({ name, available }) => (
            <option key={name} value={name} disabled={!available}>
              {available ? name : `${name} (no key)`}
            </option>
          ))}
        </select>
      </label>
      <label>
        Model
        <input value={draft.model} onChange={(event) => set({ model: event.target.value })} required />
      </label>
      <NumberField label="Streams" value={draft.streams} max={128} onChange={(streams) => set({ streams })} />
      {scripted && <NumberField label="Tokens/s each" value={draft.rate} max={5_000} onChange={(rate) => set({ rate })} />}
      {scripted && <NumberField label="Length" value={draft.tokens} max={200_000} onChange={(tokens) => set({ tokens })} />}
      <label>
        Transport
        <select value={draft.transport} onChange={(event) => set({ transport: event.target.value as Query['transport'] })}>
          {['auto', 'webtransport', 'websocket', 'sse'].map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        View
        <select value={query.view} onChange={(event) => onView(event.target.value as Query['view'])}>
          <option value="markdown">Markdown</option>
          <option value="plain">plain</option>
        </select>
      </label>
      {!scripted && (
        <label className="demo-prompt">
          Prompt
          <input value={draft.prompt} onChange={(event) => set({ prompt: event.target.value })} required />
        </label>
      )}
      <div className="demo-buttons">
        <button type="submit" className="demo-primary">
          Start
        </button>
        <button type="button" onClick={onStop}>
          Stop all
        </button>
      </div>
    </form>
  );
}

function NumberField({
  label,
  value,
  max,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
}): React.ReactNode {
  return (
    <label>
      {label}
      <input type="number" min={1} max={max} value={value} onChange={(event) => onChange(event.target.valueAsNumber || 1)} />
    </label>
  );
}

/** What the relay can ask, as its discovery document says. */
function useProviders(): readonly ProviderChoice[] {
  const [providers, setProviders] = useState<readonly ProviderChoice[]>([{ name: 'scripted', available: true }]);
  useEffect(() => {
    const abort = new AbortController();
    fetch('/v1/connect', { signal: abort.signal })
      .then(async (response) => {
        if (response.ok) setProviders(((await response.json()) as { providers: ProviderChoice[] }).providers);
      })
      // A relay that refuses says why in each panel.
      .catch(() => {});
    return () => abort.abort();
  }, []);
  return providers;
}
