/** What `/metrics` says, by series as it is written: `name{label="value"}`. */
export interface Scrape {
  readonly series: ReadonlyMap<string, number>;
  /** Type by name of the metric. */
  readonly types: ReadonlyMap<string, string>;
  /** 0 for a series that is not there. */
  of(series: string): number;
}

/** Reads `/metrics` of a relay over the network. @throws where it is not well-formed Prometheus text */
export async function scrape(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Scrape> {
  const response = await fetch(new URL('/metrics', url), { headers });
  const series = new Map<string, number>();
  const types = new Map<string, string>();
  const described = new Set<string>();
  for (const line of (await response.text()).split('\n')) {
    if (line === '') continue;
    const [, help] = /^# HELP (\w+) \S/.exec(line) ?? [];
    const [, typed, type] = /^# TYPE (\w+) (counter|gauge|histogram)$/.exec(line) ?? [];
    const [, name, value] = /^(\w+(?:\{(?:\w+="[^"\\]*",?)+\})?) (\S+)$/.exec(line) ?? [];
    if (help !== undefined) described.add(help);
    else if (typed !== undefined && type !== undefined) types.set(typed, type);
    else if (name !== undefined && !series.has(name) && Number.isFinite(Number(value))) series.set(name, Number(value));
    else throw new Error(`Not Prometheus text, or said twice: ${line}`);
  }
  for (const name of types.keys()) if (!described.has(name)) throw new Error(`${name} has no help.`);
  return { series, types, of: (name) => series.get(name) ?? 0 };
}
