/** What there is to say about a run at a moment, as lines for people. */
import type { Paint } from "../terminal/Paint.ts";
import type { AtWork, RunStatus } from "../run/RunStatus.ts";
import * as RunLimits from "../run/RunLimits.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import { age } from "./RunsTable.ts";
import * as BudgetText from "./BudgetText.ts";
import * as LedgerText from "./LedgerText.ts";
import * as Steps from "./Steps.ts";
import { clock, count, limits, looks, outcomeWord, roughly, some } from "./Words.ts";

export interface View {
  readonly status: RunStatus;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How the orchestrator is called from here. */
  readonly command: string;
  /** Lines are cut to so many columns, if it is given. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

/** With more tasks at work than this, the others are counted. */
const shownTasks = 20;

/** The whole text, as lines. */
export const lines = (view: View): ReadonlyArray<string> => {
  const { columns, paint } = view;
  const parts: ReadonlyArray<Section> = [
    {
      lines: [
        headline(view),
        standing(view),
        ...session(view),
        ...workflow(view),
        figures(view),
        ...used(view),
        ...paused(view),
        ...onGitHub(view),
      ],
    },
    atWork(view),
    { title: "Wait for a slot", lines: names(view.status.ready) },
    again(view),
    held(view),
    decided(view),
    failures(view),
    // Commands are there to be copied: they are never cut.
    { lines: steps(view), isWhole: true },
  ];
  return parts
    .filter((part) => part.lines.length > 0)
    .flatMap((part, index) => [
      ...(index === 0 ? [] : [""]),
      ...(part.title === undefined ? [] : [paint("bold", part.title)]),
      ...part.lines.map((line) => drawn(line, part.isWhole === true ? undefined : columns, paint)),
    ]);
};

const workflow = ({ status }: View): ReadonlyArray<string> => {
  if (status.workflow === null) return [];
  const { name, params } = status.workflow;
  const values = Object.entries(params).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const given = values.length === 0 ? "without parameters" : `with ${values.join(" ")}`;
  return [Text.line(`Workflow ${name} ${given}`)];
};

const session = ({ status: { owner, session: name } }: View): ReadonlyArray<string> => {
  if (name === null) return [];
  const whose = owner === null ? "" : ` of ${Text.line(owner, 60)}`;
  return [`session ${Text.line(name, 60)}${whose}`];
};

interface Section {
  readonly title?: string;
  readonly lines: ReadonlyArray<Line>;
  readonly isWhole?: boolean;
}

/** Text, and how it looks once it is cut. */
type Line = string | readonly [style: Parameters<Paint>[0], text: string];

const drawn = (line: Line, columns: number | undefined, paint: Paint): string => {
  const [style, text] = typeof line === "string" ? [undefined, line] : line;
  const fitted = columns === undefined ? text : Width.fit(text, columns);
  return style === undefined ? fitted : paint(style, fitted);
};

const headline = ({ status: { concurrency, mode, plan, run } }: View): Line => [
  "bold",
  `${Text.line(plan, 100)}  ${Text.line(run)}  ${mode}, ${count(concurrency, "agent")} at once`,
];

const standing = ({ now, status }: View): Line => {
  const { holder, started_at, status: what, stopping } = status;
  const since = started_at === null ? "" : `, started ${ago(started_at, now)}`;
  const why = stopping === null ? "" : `; no new launches: ${Text.line(stopping, limits.line)}`;
  switch (what) {
    case "running": {
      const who = holder === null ? "" : ` in process ${holder.pid} on ${Text.line(holder.host)}`;
      return `running${who}${since}${why}`;
    }
    case "suspended":
      return ["yellow", `suspended: nobody works on it${since}`];
    case "interrupted":
      return ["yellow", `interrupted: its process is gone without an end${since}`];
    default:
      return `${outcomeWord(what, status.failed)} ${status.ended_at === null ? "" : ago(status.ended_at, now)}${why}`;
  }
};

const figures = ({ status }: View): Line => {
  const { progress } = status;
  const left = progress.estimated_time_remaining_seconds;
  const parts = (["failed", "held", "skipped", "cancelled", "at_work", "waiting"] as const)
    .filter((name) => status[name] > 0)
    .map((name) => `${status[name]} ${name.replace("_", " ")}`);
  const isRunning = status.status === "running";
  return [
    `${status.succeeded} of ${count(status.total, "task")} succeeded`,
    ...parts,
    ...(isRunning || status.ended_at !== null ? [clock(progress.elapsed_seconds)] : []),
    ...(isRunning && left !== null && left > 0 ? [`about ${roughly(left)} left`] : []),
  ].join(" · ");
};

const used = ({ status }: View): ReadonlyArray<Line> => {
  const text = BudgetText.used(status.usage, status.limits ?? undefined);
  return text === "" ? [] : [`used ${text}`];
};

const paused = ({ status }: View): ReadonlyArray<Line> =>
  status.paused.map(({ agent, cause, message, until }): Line => {
    const end = until === null ? {} : { until: Date.parse(until) };
    const of = agent === null ? {} : { agent };
    return ["yellow", BudgetText.pause({ cause, message, ...end, ...of })];
  });

const onGitHub = ({ status: { github } }: View): ReadonlyArray<Line> => {
  if (github === null) return [];
  const { base, landing, ledger, sources } = github;
  const from = sources.map((name) => Text.line(name)).join(" + ");
  const into = base === null ? "" : ` into ${Text.line(base, 100)}`;
  const who = landing === "auto" ? "merged by the run" : "merged by people";
  return [
    `${from}, ${who}${into}`,
    ...(ledger === null ? [] : [`GitHub: ${LedgerText.line(ledger)}`]),
  ];
};

const atWork = ({ now, status }: View): Section => {
  const { at_work_now: all, concurrency } = status;
  const agents = all.filter(({ phase }) => phase !== "landing").length;
  const shown = all.slice(0, shownTasks).map((task) => working(task, now));
  const rest = all.length - shown.length;
  const title =
    status.status === "running"
      ? `At work, ${agents} of ${count(concurrency, "agent")}`
      : "At work when it was left";
  return { title, lines: [...shown, ...(rest > 0 ? [`… and ${rest} more`] : [])] };
};

const working = ({ attempt, phase, progress, since, slot, task }: AtWork, now: number): Line => {
  const { symbol } = looks[phase === "landing" ? "Landing" : "Running"];
  const tries = attempt === 1 ? "" : ` (attempt ${attempt})`;
  const place = phase === "landing" ? "landing" : `on ${Text.line(slot, 40)}`;
  const said = progress === null ? "" : `: ${Text.line(progress, limits.line)}`;
  const time = roughly(Math.max(0, now - Date.parse(since)) / 1000);
  return `${symbol} ${Text.line(task, 60)}${tries} ${place} for ${time}${said}`;
};

const again = ({ now, status }: View): Section => ({
  title: "Again later",
  lines: status.backing_off.slice(0, shownTasks).map(({ attempt, error, task, until }) => {
    const left = Math.max(0, Date.parse(until) - now) / 1000;
    const why = error === null ? "" : `: ${Text.line(error, limits.line)}`;
    return `${looks.BackingOff.symbol} ${Text.line(task, 60)} in ${roughly(left)}, at ${until.slice(11, 19)} UTC, after attempt ${attempt}${why}`;
  }),
});

const held = ({ status }: View): Section => ({
  title: "Held, somebody must decide",
  lines: status.held_tasks
    .slice(0, shownTasks)
    .map(({ question, task }): Line => [
      "yellow",
      `${looks.Held.symbol} ${Text.line(task, 60)}: ${Text.line(question, limits.line)}`,
    ]),
});

const decided = ({ status }: View): Section => ({
  title: "Decided, takes effect when the run is resumed",
  lines: status.decided
    .slice(0, shownTasks)
    .map(
      ({ answer, task }) =>
        `${looks.Ready.symbol} ${Text.line(task, 60)}: ${Text.line(answer, limits.line)}`,
    ),
});

const failures = ({ now, status }: View): Section => ({
  title: "Failed last",
  lines: status.last_failures.map(({ attempts, ended_at, error, task }): Line => {
    const tries = attempts > 1 ? ` after ${count(attempts, "attempt")}` : "";
    const why = error === null ? "" : `: ${Text.line(error, limits.line)}`;
    return [
      "red",
      `${looks.Failed.symbol} ${Text.line(task, 60)}${tries} ${ago(ended_at, now)}${why}`,
    ];
  }),
});

const steps = ({ command, status }: View): ReadonlyArray<string> => {
  const call = (...words: ReadonlyArray<string>) => `${command} ${Shell.line(...words)}`;
  const first = status.held_tasks[0];
  const isLeft = status.status === "suspended" || status.status === "interrupted";
  return Steps.lines([
    ...(status.status === "failed"
      ? [
          {
            what: status.failed > 0 ? "try again what failed" : "run the rest after all",
            command: call("retry", "--failed", "--run", status.run),
          },
        ]
      : []),
    ...(status.paused.length > 0 && status.status === "running"
      ? [
          {
            what: BudgetText.goOn(status.paused[0]!),
            command: call("unpause", status.run, ...RunLimits.raised(status.paused[0]!.limit)),
          },
        ]
      : []),
    ...(isLeft
      ? [
          {
            what: "go on with it",
            command: call("resume", status.run, ...RunLimits.raised(status.paused[0]?.limit)),
          },
        ]
      : []),
    ...(first === undefined
      ? []
      : [{ what: "see what is asked", command: call("held", status.run) }]),
  ]);
};

const names = (ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  ids.length === 0
    ? []
    : [
        some(
          ids.map((id) => Text.line(id, 60)),
          shownTasks,
        ),
      ];

const ago = (time: string, now: number): string =>
  `${age(Math.max(0, now - Date.parse(time)) / 1000)} ago`;
