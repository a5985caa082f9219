/** The shape of a configuration file. The sections of adapters are looked at in detail by these. */
import { choice, list, mapping, must, number, text } from "@orchestrator/local/DataSchema";
import * as v from "valibot";
import * as TrackingIssue from "./TrackingIssue.ts";

/** A key that is null counts as absent. */
const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);

/** What stands for a number or a truth value, as a variable of the environment gives it. */
const plain = (value: unknown): unknown => {
  if (typeof value !== "string") return value;
  if (value === "true" || value === "false") return value === "true";
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
};

const from = <S extends v.GenericSchema>(schema: S) =>
  optional(v.pipe(v.unknown(), v.transform(plain), schema));

const whole = (least: number, most: number) => {
  const allowed = `be a whole number from ${least} to ${most}`;
  return from(
    v.pipe(
      number(allowed),
      v.integer(must(allowed)),
      v.minValue(least, must(allowed)),
      v.maxValue(most, must(allowed)),
    ),
  );
};

const seconds = (allowed: string, isAllowed: (value: number) => boolean) =>
  from(v.pipe(number(allowed), v.check(isAllowed, must(allowed))));

const flag = from(v.boolean(must("be true or false")));

const agent = mapping(
  {
    max_concurrent_agents: whole(1, 10_000),
    task_timeout_seconds: seconds("be seconds above 0", (value) => value > 0),
    retry_attempts: whole(0, 1_000),
    retry_delay_seconds: seconds("be seconds of 0 or more", (value) => value >= 0),
  },
  "a mapping with keys of the section agent",
);

/** How a change is merged. */
const methods = ["squash", "merge", "rebase"] as const;

/** What goes back to its agent. */
const obstacles = ["conflict", "checks", "reviews"] as const;

/** What is shown of a task on a board, and the keys that give it other names. */
const states = ["queued", "in_progress", "completed", "failed", "held", "skipped"] as const;

const column = optional(text("be the name of a column as text"));

const boardStatus = mapping(
  Object.fromEntries(states.map((state) => [state, column])) as {
    readonly [S in (typeof states)[number]]: typeof column;
  },
  `a mapping from ${states.join(", ")} to names of columns`,
);

const issueIn = (value: unknown): TrackingIssue.Named | undefined =>
  typeof value === "string" || typeof value === "number"
    ? TrackingIssue.parse(String(value))
    : undefined;

const texts = (what: string) => optional(list(text(), `a list of ${what}`));

/** YAML takes what follows a bare # for a comment, so nothing is no answer here. */
const trackingIssue = v.optional(
  v.pipe(
    v.unknown(),
    v.check(
      (value) => issueIn(value) !== undefined,
      must('be an issue, as acme/shop#9, "#9" in quotes, or 9'),
    ),
    v.transform(issueIn),
  ),
);

const automation = mapping(
  {
    auto_merge_on_success: flag,
    merge_method: optional(choice(methods)),
    fix_attempts: whole(0, 100),
    hold_labels: texts("labels"),
    protected_paths: texts("globs"),
    authors: texts("logins"),
    drafts: flag,
    checks: optional(choice(["required", "all"])),
    rerun_flaky: flag,
    update_behind: flag,
    pause_on_red_base: flag,
    send_back: optional(list(choice(obstacles), `a list of ${obstacles.join(", ")}`)),
    post_results_as_comment: flag,
    update_issue_status: flag,
    status_label_prefix: optional(text()),
    board_status: optional(boardStatus),
    close_issues: flag,
    tracking_issue: trackingIssue,
    lease: flag,
  },
  "a mapping with keys of the section automation",
);

/** How much is told beside the results, the most first. */
export const levels = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;

/** The keys of an adapter's section: null if its value is the adapter's alone to judge, else the keys in it or in its list's items. */
export interface Keys {
  readonly [key: string]: Keys | readonly [Keys] | null;
}

/** The keys of each section that an adapter judges. */
export interface Sections {
  readonly codegen: Keys;
  readonly github: Keys;
}

const keysOnly = (keys: Keys, where: string): v.GenericSchema =>
  mapping(
    Object.fromEntries(
      Object.entries(keys).map(([key, inner]) => [key, optional(valueOf(inner, key))]),
    ),
    `a mapping with keys of ${where}`,
  );

const valueOf = (inner: Keys | readonly [Keys] | null, key: string): v.GenericSchema => {
  if (inner === null) return v.unknown();
  return isList(inner)
    ? list(keysOnly(inner[0], `one of the ${key}`), `a list of ${key}`)
    : keysOnly(inner, key);
};

const isList = (inner: Keys | readonly [Keys]): inner is readonly [Keys] => Array.isArray(inner);

/** The shape of a configuration whose adapters take these keys. */
export const make = ({ codegen, github }: Sections) =>
  mapping(
    {
      github: optional(keysOnly(github, "the section github")),
      codegen: optional(keysOnly(codegen, "the section codegen")),
      agent: optional(agent),
      automation: optional(automation),
      logging_level: optional(choice(levels)),
    },
    "a mapping with the sections github, codegen, agent, automation and the key logging_level",
  );
