/** The shape of a configuration file. The sections of adapters are looked at in detail by these. */
import * as LandingOptions from "@orchestrator/github/LandingOptions";
import {
  choice,
  list,
  mapping,
  must,
  number,
  positive,
  record,
  text,
} from "@orchestrator/local/DataSchema";
import * as AgentSchema from "@orchestrator/local/AgentSchema";
import * as HookSchema from "@orchestrator/local/HookSchema";
import * as Presets from "@orchestrator/local/presets/Presets";
import * as v from "valibot";
import * as Webhook from "../hooks/Webhook.ts";
import * as McpPermission from "../mcp/McpPermission.ts";
import * as Routing from "../plan/Routing.ts";
import * as TrackingIssue from "../github/TrackingIssue.ts";

/** What a key means, for the JSON Schema and the guide. */
interface Meaning {
  readonly description: string;
  readonly default?: string | boolean | number | ReadonlyArray<string>;
  /** A secret, as JSON Schema calls what is never shown. */
  readonly writeOnly?: true;
}

/** A key that may be left out, with one sentence about it; null counts as absent. */
const key = <S extends v.GenericSchema>(
  schema: S,
  description: string,
  more: Omit<Meaning, "description"> = {},
) => v.pipe(v.nullish(schema), v.metadata({ description, ...more }));

/** What stands for a number or a truth value, as a variable of the environment gives it. */
const plain = (value: unknown): unknown => {
  if (typeof value !== "string") return value;
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase() === "true";
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
};

/** Takes a value as it is, or the text that a variable of the environment gives for it. */
const from = <S extends v.GenericSchema>(schema: S): S => ({
  ...schema,
  "~run": (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
    schema["~run"]({ value: plain(dataset.value) }, config),
});

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

const notNegative = "be seconds of 0 or more";

const flag = from(v.boolean(must("be true or false")));

const agent = mapping(
  {
    name: key(
      choice(Routing.ofIssues),
      "The agent of issues that name none; absent: Codegen where it is configured, else the only one of the section agents.",
    ),
    max_concurrent_agents: key(
      whole(1, 10_000),
      "Agents at work at once; the plan and --concurrency go before it.",
      { default: 10 },
    ),
    task_timeout_seconds: key(
      from(positive("be seconds above 0")),
      "The longest one attempt may take, where neither the task nor the plan says it.",
      { default: 600 },
    ),
    retry_attempts: key(
      whole(0, 1_000),
      "How many attempts a task has, where neither the task nor the plan says it.",
      { default: 3 },
    ),
    retry_delay_seconds: key(
      from(v.pipe(number(notNegative), v.minValue(0, must(notNegative)))),
      "How long the second attempt waits; each later one waits twice as long.",
      { default: 30 },
    ),
  },
  "a mapping with keys of the section agent",
);

const passEnv = key(
  HookSchema.VariableNames,
  "Names of further variables of the environment that it gets.",
);

const coder = ({ title }: (typeof Presets.all)[number]) =>
  key(
    mapping(
      {
        args: key(
          AgentSchema.Args,
          "Arguments of the program besides its own, as those that let it do more.",
        ),
        pass_env: passEnv,
      },
      "a mapping with the keys args and pass_env",
    ),
    `${title}: {} is enough.`,
  );

const command = key(
  mapping(
    {
      run: key(
        text("be a command line as text"),
        "The command: a line for the shell; the file $ORCHESTRATOR_PROMPT_FILE says what is wanted.",
      ),
      pass_env: passEnv,
    },
    "a mapping with the keys run and pass_env",
  ),
  "A command that works on issues.",
);

/** Those of this machine that may work on issues. */
const agents = mapping(
  {
    claude: coder(Presets.named("claude")!),
    codex: coder(Presets.named("codex")!),
    gemini: coder(Presets.named("gemini")!),
    opencode: coder(Presets.named("opencode")!),
    local: command,
  },
  `a mapping with keys of ${[...Presets.names, Routing.local].join(", ")}`,
);

/** How a change is merged. */
const methods = ["squash", "merge", "rebase"] as const;

/** What goes back to its agent. */
const obstacles = ["conflict", "checks", "reviews"] as const;

const column = (state: string, usual?: string) =>
  key(
    text("be the name of a column as text"),
    `The column of tasks that are ${state}${usual === undefined ? "; absent: the card stays" : ""}.`,
    usual === undefined ? {} : { default: usual },
  );

const boardStatus = mapping(
  {
    queued: column("queued", "Todo"),
    in_progress: column("worked on", "In Progress"),
    completed: column("completed", "Done"),
    failed: column("failed"),
    held: column("held"),
    skipped: column("skipped"),
  },
  "a mapping from queued, in_progress, completed, failed, held, skipped to names of columns",
);

const issueIn = (value: unknown): TrackingIssue.Named | undefined =>
  typeof value === "string" || typeof value === "number"
    ? TrackingIssue.parse(String(value))
    : undefined;

const texts = (what: string) => list(text(), `a list of ${what}`);

const issueWanted = must('be an issue, as acme/shop#9, "#9" in quotes, or 9');

/** YAML takes what follows a bare # for a comment, so nothing is no answer here. */
const trackingIssue = v.pipe(
  v.optional(
    v.pipe(
      v.union([v.string(), v.number()], issueWanted),
      v.check((value) => issueIn(value) !== undefined, issueWanted),
      v.transform((value) => issueIn(value)),
    ),
  ),
  v.metadata({
    description:
      "The issue that tells how the whole run stands: acme/shop#9, or 9 of the repository.",
  }),
);

const automation = mapping(
  {
    auto_merge_on_success: key(
      flag,
      "Whether changes are merged that nothing speaks against; else people merge.",
      { default: false },
    ),
    merge_method: key(choice(methods), "How a change is merged.", { default: "squash" }),
    fix_attempts: key(
      whole(0, 100),
      "How many attempts may put a change right that could not land; none where retry_attempts is 0 or 1.",
      { default: 2 },
    ),
    hold_labels: key(
      texts("labels"),
      "Labels that keep a pull request from being merged, in any spelling.",
      { default: LandingOptions.defaults.holdLabels },
    ),
    protected_paths: key(texts("globs"), "Globs of files whose changes only people merge.", {
      default: LandingOptions.defaults.protectedPaths,
    }),
    authors: key(
      texts("logins"),
      "Who may have opened a pull request; absent: everybody who can push.",
    ),
    drafts: key(flag, "Whether a draft counts as an open pull request.", { default: false }),
    checks: key(
      choice(["required", "all"]),
      "Which checks count: those that the base requires, or all.",
      { default: "required" },
    ),
    rerun_flaky: key(flag, "Whether failed checks run once more.", { default: true }),
    update_behind: key(
      flag,
      "Whether the base is merged into pull requests that must be up to date.",
      { default: true },
    ),
    pause_on_red_base: key(flag, "Whether nothing is merged while the checks of the base fail.", {
      default: true,
    }),
    send_back: key(
      list(choice(obstacles), `a list of ${obstacles.join(", ")}`),
      "What goes back to the agent; the rest waits for people.",
      { default: obstacles },
    ),
    post_results_as_comment: key(flag, "Whether each issue gets a comment on its task.", {
      default: true,
    }),
    update_issue_status: key(flag, "Whether labels and the board follow the task.", {
      default: true,
    }),
    status_label_prefix: key(text(), "How the labels begin that say where a task is.", {
      default: "status:",
    }),
    board_status: key(boardStatus, "Columns of the board whose names are not the usual ones."),
    close_issues: key(flag, "Whether an issue is closed when its task has succeeded.", {
      default: false,
    }),
    tracking_issue: trackingIssue,
    lease: key(flag, "Whether a repository is kept to one orchestrator.", { default: true }),
  },
  "a mapping with keys of the section automation",
);

const amount = (allowed: string) => from(v.pipe(number(allowed), v.minValue(0, must(allowed))));

/** What is limited; `RunLimits` says what each is to the engine. */
const limited = ["launches", "cost_usd", "tokens", "hours"] as const;

/** For whom, as the names of keys end. */
const whoseLimits = {
  "": "in a run, over all its processes",
  _per_day: "in all runs of the project together, each day of UTC",
  _per_task: "for a task, before a person is asked",
} as const;

const measured = {
  launches: [whole(0, 1_000_000_000), "Launches of agents"],
  cost_usd: [amount("be US dollars of 0 or more"), "US dollars that agents may cost"],
  tokens: [amount("be a number of 0 or more"), "Tokens that agents may read and write"],
  hours: [amount("be hours of 0 or more"), "Hours of work"],
} as const;

type Limited = (typeof limited)[number];
type LimitKey = `${Limited}${keyof typeof whoseLimits}`;

const limitKeys = Object.fromEntries(
  limited.flatMap((what) =>
    Object.entries(whoseLimits).map(([scope, whose]) => {
      const [schema, words] = measured[what];
      return [`${what}${scope}`, key(schema as v.GenericSchema, `${words} ${whose}.`)];
    }),
  ),
) as unknown as Readonly<Record<LimitKey, v.GenericSchema<unknown, number | null | undefined>>>;

const limits = mapping(
  {
    ...limitKeys,
    cost_usd_per_launch: key(
      measured.cost_usd[0],
      "What one launch is reckoned to cost until it has told; else the most that one of its agent has cost.",
    ),
    tokens_per_launch: key(
      measured.tokens[0],
      "What one launch is reckoned to use until it has told; else the most that one of its agent has used.",
    ),
    wait_hours: key(
      amount("be hours of 0 or more"),
      "How long the process stays with nothing to do until a quota or a day is fresh; it leaves the run if it would be longer.",
      { default: 6 },
    ),
  },
  "a mapping with keys of the section limits",
);

const mcp = mapping(
  {
    allow: key(
      list(choice(McpPermission.names), `a list of ${McpPermission.names.join(", ")}`),
      "What assistants may do through orchestrator mcp beside looking; a file that nobody named allows nothing.",
      { default: [] },
    ),
  },
  "a mapping with keys of the section mcp",
);

const address = "be an address that begins with https://, or with http:// on this machine";

const webhook = mapping(
  {
    url: v.pipe(
      v.string(must(address)),
      v.check((url) => URL.parse(url) !== null, must(address)),
      v.description("Where events are posted to; its host is to be allowed, but on this machine."),
    ),
    events: key(
      v.pipe(
        list(HookSchema.Name, "a list of names of events"),
        v.minLength(1, must("name an event")),
      ),
      "The names of the events that are sent.",
      { default: Webhook.usualEvents },
    ),
    secret: key(
      v.pipe(text(), v.minLength(16, must("have 16 characters or more"))),
      "What each body is signed with, so that its receiver knows who sent it.",
      { writeOnly: true },
    ),
  },
  "a mapping { url, events, secret }",
);

const webhooks = v.pipe(
  list(webhook, "a list of webhooks"),
  v.check(
    (all) => new Set(all.map(({ url }) => url)).size === all.length,
    "names one address twice; put their events together",
  ),
);

const project = mapping(
  {
    templates: key(
      text("be the name of a folder as text"),
      "A folder with templates of projects, relative to the configuration file; they go before those that come along.",
    ),
  },
  "a mapping with keys of the section project",
);

const resources = record(
  text("have names that are not empty"),
  positive("be a number above 0"),
  "a mapping of resource names to numbers above 0",
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
      Object.entries(keys).map(([name, inner]) => [name, v.nullish(valueOf(inner, name))]),
    ),
    `a mapping with keys of ${where}`,
  );

const valueOf = (inner: Keys | readonly [Keys] | null, name: string): v.GenericSchema => {
  if (inner === null) return v.unknown();
  return isList(inner)
    ? list(keysOnly(inner[0], `one of the ${name}`), `a list of ${name}`)
    : keysOnly(inner, name);
};

const isList = (inner: Keys | readonly [Keys]): inner is readonly [Keys] => Array.isArray(inner);

const shape = <C extends v.GenericSchema, G extends v.GenericSchema>(codegen: C, github: G) =>
  mapping(
    {
      $schema: v.nullish(
        v.pipe(text(), v.description("The JSON Schema of this file, for editors.")),
      ),
      github: key(github, "Where tasks come from on GitHub, and how it is reached."),
      codegen: key(codegen, "How Codegen is reached, and what its agents are told."),
      agent: key(agent, "Limits of agents and their attempts."),
      agents: key(agents, "Coding agents of this machine that may work on issues of GitHub."),
      automation: key(automation, "What a run does on GitHub by itself."),
      limits: key(limits, "What runs may use, looked at before every launch."),
      resources: key(
        resources,
        "Named capacities that tasks share; those of a plan go before them.",
      ),
      project: key(project, "How projects are made."),
      mcp: key(mcp, "What orchestrator mcp offers to assistants."),
      on: key(
        HookSchema.InConfig,
        "Commands that run at events, by the names of these: a line for the shell, or a list.",
      ),
      webhooks: key(webhooks, "Who is sent events, by HTTP."),
      logging_level: key(choice(levels), "The least that is told on standard error.", {
        default: "INFO",
      }),
    },
    "a mapping with the sections github, codegen, agent, agents, automation, limits, resources, project, mcp, webhooks, on and the key logging_level",
  );

/** The shape of a configuration whose adapters take these keys, and judge their values. */
export const make = ({ codegen, github }: Sections) =>
  shape(keysOnly(codegen, "the section codegen"), keysOnly(github, "the section github"));

/** The shape of a configuration to the last value, as it is published. */
export const complete = shape;
