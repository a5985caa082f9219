/** Metrics in the text format of Prometheus (version 0.0.4). */
import type { Labels, MetricFamily, Spread } from "./MetricFamily.ts";
import * as Scrubber from "./Scrubber.ts";

/** What units are called in names. */
const units: Readonly<Record<string, string>> = { s: "_seconds", "{USD}": "_usd" };

/** The text, one family after the other. */
export const text = (families: ReadonlyArray<MetricFamily>): string =>
  families.map((family) => `${linesOf(family).join("\n")}\n`).join("");

const linesOf = (family: MetricFamily): ReadonlyArray<string> => {
  const name = nameOf(family);
  const head = [
    `# HELP ${name} ${family.description.replace(/[\\\n]/g, escaped)}`,
    `# TYPE ${name} ${family.type}`,
  ];
  if (family.type !== "histogram") {
    return [...head, ...family.points.map(({ labels, value }) => sample(name, labels, value))];
  }
  return [...head, ...family.points.flatMap((point) => spread(name, family.bounds, point))];
};

/** `orchestrator.task.duration` in seconds as `orchestrator_task_duration_seconds`. */
const nameOf = ({ name, type, unit }: MetricFamily): string => {
  const isRatio = unit === "1" && type === "gauge" && !name.endsWith(".info");
  const suffix = isRatio ? "_ratio" : (units[unit] ?? "");
  return `${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}${suffix}${type === "counter" ? "_total" : ""}`;
};

/** Buckets count all values up to their bound. */
const spread = (
  name: string,
  bounds: ReadonlyArray<number>,
  { counts, labels, sum }: Spread,
): ReadonlyArray<string> => {
  let below = 0;
  const buckets = counts.map((count, index) => {
    below += count;
    const le = index < bounds.length ? String(bounds[index]) : "+Inf";
    return sample(`${name}_bucket`, { ...labels, le }, below);
  });
  return [...buckets, sample(`${name}_sum`, labels, sum), sample(`${name}_count`, labels, below)];
};

const sample = (name: string, labels: Labels, value: number): string => {
  const pairs = Object.entries(labels).map(
    ([key, said]) => `${key}="${Scrubber.scrub(said).replace(/[\\\n"]/g, escaped)}"`,
  );
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
};

const escaped = (character: string): string => (character === "\n" ? "\\n" : `\\${character}`);
