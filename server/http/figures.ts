import { Counter, Gauge, type Registry } from 'prom-client';

type ByValue = Readonly<Record<string, number>>;

/** One series: its labels, and what it stands at. */
export type Figure<L extends string> = readonly [labels: Readonly<Record<L, string>>, value: number];

/** Metrics that are read from figures of ours when they are asked for, instead of being kept twice. */
export interface FigureMetrics {
  gauge(name: string, help: string, read: () => number): void;
  gauges(name: string, help: string, label: string, read: () => ByValue): void;
  /** `read` must never fall. */
  counter(name: string, help: string, read: () => number): void;
  counters<L extends string>(name: string, help: string, labels: readonly L[], read: () => Iterable<Figure<L>>): void;
}

export function createFigures(registers: Registry[]): FigureMetrics {
  const counters: FigureMetrics['counters'] = (name, help, labelNames, read) => {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  };
  return {
    counters,
    counter: (name, help, read) => counters(name, help, [], () => [[{}, read()]]),
    gauges(name, help, label, read) {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          for (const [value, figure] of Object.entries(read())) this.set({ [label]: value }, figure);
        },
      });
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    },
  };
}

/** Figures by the value of one label. */
export function by<L extends string>(label: L, figures: ByValue): Figure<L>[] {
  return Object.entries(figures).map(([value, figure]) => [{ [label]: value } as Record<L, string>, figure]);
}
