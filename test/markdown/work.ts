/** Everything that a loop over the text or over what was made of it does. Searches by the engine count by what they pass, too. */
const counted = [
  [String.prototype, 'charCodeAt'],
  [String.prototype, 'charAt'],
  [String.prototype, 'indexOf'],
  [String.prototype, 'lastIndexOf'],
  [String.prototype, 'includes'],
  [String.prototype, 'slice'],
  [RegExp.prototype, 'exec'],
  [RegExp.prototype, 'test'],
  [Array.prototype, 'push'],
  [Map.prototype, 'get'],
  [Set.prototype, 'add'],
] as const;
const originals = counted.map(([owner, name]) => (owner as never)[name] as (...values: unknown[]) => unknown);
let units = 0;

/** Units of work since the last call. */
export function takeUnits(): number {
  const taken = units;
  units = 0;
  return taken;
}

/** Code units that the engine passes for one of work: some thousand take it a microsecond. */
const passedPerUnit = 256;

/** What a search has passed, from where it began. */
function passed(text: unknown, name: string, [, given]: readonly unknown[], result: unknown): number {
  if (typeof text !== 'string') return 0;
  if (name === 'indexOf') return (result === -1 ? text.length : Number(result)) - (Number(given) || 0);
  if (name === 'lastIndexOf') return Math.min(text.length, Number(given ?? text.length)) - Math.max(0, Number(result));
  return name === 'includes' && result === false ? text.length : 0;
}

export function count(): void {
  counted.forEach(([owner, name], index) => {
    const original = originals[index];
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value(this: unknown, ...values: unknown[]) {
        const result = original?.apply(this, values);
        units += 1 + Math.max(0, passed(typeof this === 'object' ? undefined : this, name, values, result)) / passedPerUnit;
        return result;
      },
    });
  });
}

export function restore(): void {
  counted.forEach(([owner, name], index) => {
    Object.defineProperty(owner, name, { configurable: true, writable: true, value: originals[index] });
  });
}

/** Code units of all texts that are read from meanwhile, those of one length once: what has grown is joined anew before it is read. */
export function lengthsRead(task: () => void): number {
  const lengths = new Set<number>();
  const read = ['charCodeAt', 'indexOf', 'includes'] as const;
  const own = read.map((name) => String.prototype[name] as (...values: never[]) => never);
  read.forEach((name, index) => {
    Object.defineProperty(String.prototype, name, {
      configurable: true,
      writable: true,
      value(this: string, ...values: never[]) {
        lengths.add(this.length);
        return own[index]?.apply(this, values);
      },
    });
  });
  try {
    task();
  } finally {
    read.forEach((name, index) => {
      Object.defineProperty(String.prototype, name, { configurable: true, writable: true, value: own[index] });
    });
  }
  return [...lengths].reduce((sum, length) => sum + length, 0);
}
