/** Metrics as data: what Prometheus text and OTLP are written from. */

/** What tells the points of a metric apart. */
export type Labels = Readonly<Record<string, string>>;

/** A value at a moment. */
export interface Value {
  readonly labels: Labels;
  readonly value: number;
}

/** How values are spread; `counts` has one more than the metric has bounds. */
export interface Spread {
  readonly labels: Labels;
  readonly counts: ReadonlyArray<number>;
  readonly sum: number;
}

/** One metric. `name` and `unit` are as OpenTelemetry has them: `orchestrator.task.duration`, `s`. */
export type MetricFamily = {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
} & (
  | { readonly type: "counter" | "gauge"; readonly points: ReadonlyArray<Value> }
  | {
      readonly type: "histogram";
      readonly bounds: ReadonlyArray<number>;
      readonly points: ReadonlyArray<Spread>;
    }
);

const keyOf = (labels: Labels): string => JSON.stringify(labels);

/** A number for each set of labels, which only grows. */
export class Counter {
  readonly #points = new Map<string, { readonly labels: Labels; value: number }>();

  add(labels: Labels, value = 1): void {
    const key = keyOf(labels);
    const known = this.#points.get(key);
    if (known === undefined) this.#points.set(key, { labels, value });
    else known.value += value;
  }

  get points(): ReadonlyArray<Value> {
    return [...this.#points.values()];
  }
}

/** How values are spread, for each set of labels. */
export class Histogram {
  readonly bounds: ReadonlyArray<number>;
  readonly #points = new Map<
    string,
    { readonly labels: Labels; counts: Array<number>; sum: number }
  >();

  constructor(bounds: ReadonlyArray<number>) {
    this.bounds = bounds;
  }

  add(labels: Labels, value: number): void {
    const key = keyOf(labels);
    const none = () => ({ labels, counts: [...this.bounds, Infinity].map(() => 0), sum: 0 });
    const point = this.#points.get(key) ?? none();
    this.#points.set(key, point);
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    point.counts[bucket === -1 ? this.bounds.length : bucket]!++;
    point.sum += value;
  }

  get points(): ReadonlyArray<Spread> {
    return [...this.#points.values()];
  }
}
