/** Metrics as OTLP has them. */
import type { MetricFamily } from "./MetricFamily.ts";
import { attributes, nanos } from "./otlpSpans.ts";

/** Sums and spreads since the run began. */
const cumulative = 2;

/** The metrics at a moment, of a run that began at another; both in milliseconds since the epoch. */
export const of = (
  families: ReadonlyArray<MetricFamily>,
  startedAt: number,
  now: number,
): ReadonlyArray<object> => {
  const times = { startTimeUnixNano: nanos(startedAt), timeUnixNano: nanos(now) };
  return families.map((family) => {
    const { description, name, unit } = family;
    return { name, description, unit, ...data(family, times) };
  });
};

const data = (family: MetricFamily, times: object): object => {
  if (family.type === "histogram") {
    const dataPoints = family.points.map(({ counts, labels, sum }) => ({
      ...times,
      attributes: attributes(labels),
      count: counts.reduce((all, count) => all + count, 0),
      sum,
      bucketCounts: counts,
      explicitBounds: family.bounds,
    }));
    return { histogram: { aggregationTemporality: cumulative, dataPoints } };
  }
  const dataPoints = family.points.map(({ labels, value }) => ({
    ...times,
    attributes: attributes(labels),
    asDouble: value,
  }));
  return family.type === "gauge"
    ? { gauge: { dataPoints } }
    : { sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } };
};
