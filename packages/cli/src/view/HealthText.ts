/** How a run is doing, for people. */
import type { Paint } from "../terminal/Paint.ts";
import type { RunHealth } from "../run/RunHealth.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import * as BudgetText from "./BudgetText.ts";
import { count, limits, outcomeWord, percent, wait } from "./Words.ts";

/** The whole text, as lines. Without `columns` nothing is cut. */
export const lines = (
  health: RunHealth,
  columns: number | undefined,
  paint: Paint,
): ReadonlyArray<string> => {
  const fit = (line: string) => (columns === undefined ? line : Width.fit(line, columns));
  const part = (title: string, rows: ReadonlyArray<string>) =>
    rows.length === 0 ? [] : ["", paint("bold", fit(title)), ...rows.map((row) => fit(`  ${row}`))];
  const head = `${Text.line(health.plan, 100)}  ${Text.line(health.run)}  ${outcomeWord(health.status, health.progress.failed)}`;
  return [
    paint("bold", fit(head)),
    ...facts(health).map(([name, value]) => fit(`${name.padEnd(12)}${value}`)),
    ...part("Slowest tasks", slowest(health)),
    ...part("Failures", failures(health)),
    ...part(
      "Needs a look",
      health.concerns.map(({ message }) => Text.line(message, limits.line)),
    ),
  ];
};

const facts = (health: RunHealth): ReadonlyArray<readonly [name: string, value: string]> => {
  const { budgets, progress, queue, slots, usage, waits } = health;
  const used = BudgetText.used(usage);
  return [
    ["tasks", `${progress.total - progress.remaining} of ${progress.total} ended${pace(health)}`],
    ["queue", queueText(queue)],
    ...(waits.mean_seconds === null ? [] : [["waits", waitsText(waits)] as const]),
    [
      "agents",
      `${slots.busy} of ${slots.total} at work, ${percent(slots.utilisation)} of the time so far`,
    ],
    ...(used === "" ? [] : [["used", used] as const]),
    ...budgets.map(
      ({ api, limit, remaining, resets_at }) =>
        ["API budget", `${api}: ${remaining} of ${limit} left until ${resets_at}`] as const,
    ),
  ];
};

const pace = ({ progress: { throughput } }: RunHealth): string =>
  throughput === null ? "" : `, ${(throughput * 3600).toFixed(1)} succeed in an hour`;

const queueText = ({ length, longest_wait_seconds, tasks }: RunHealth["queue"]): string => {
  const [first] = tasks;
  if (first === undefined || longest_wait_seconds === null) return "empty";
  return `${count(length, "task")}, ${Text.line(first.task, 80)} waits for ${wait(longest_wait_seconds)}`;
};

const waitsText = ({ launches, longest_seconds, mean_seconds }: RunHealth["waits"]): string =>
  `${wait(mean_seconds!)} on average before ${count(launches, "launch", "launches")}, ${wait(longest_seconds!)} at most`;

const slowest = ({ slowest: all }: RunHealth): ReadonlyArray<string> =>
  all.map(({ at_work, attempts, seconds, task }) => {
    const tries = attempts > 1 ? ` in ${attempts} attempts` : "";
    return `${wait(seconds)} ${Text.line(task, 80)}${tries}${at_work ? ", at work" : ""}`;
  });

const failures = ({ failures: all }: RunHealth): ReadonlyArray<string> =>
  all.map(({ class: name, count: many, during, last }) => {
    const where = during === "landing" ? " while landing" : "";
    return `${many} ${name}${where}, the last ${Text.line(last.task, 80)}: ${Text.line(last.message, limits.line)}`;
  });
