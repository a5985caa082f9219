/** The files that `init` writes. */
import * as Text from "../terminal/Text.ts";

/** What the configuration is to say. */
export interface Wanted {
  /** Where tasks come from; undefined: from plan files alone. */
  readonly tasks: Tasks | undefined;
  readonly defaultBranch: string | undefined;
  readonly boards: ReadonlyArray<Board>;
  readonly labels: ReadonlyArray<string>;
  /** The address of the API, if it is not that of github.com. */
  readonly baseUrl: string | undefined;
  /** Whether the variables of Codegen are set. */
  readonly hasCodegen: boolean;
  /** The coding agents of this machine. */
  readonly agents: ReadonlyArray<string>;
  /** Whether the run merges what passes its checks. */
  readonly merges: boolean;
}

export interface Tasks {
  /** `owner/name`. */
  readonly repository: string;
  /** Take the issues of this board instead of all those of the repository. */
  readonly board: number | undefined;
}

interface Board {
  readonly number: number;
  readonly title: string;
}

/** Where the JSON Schemas of both files are published. */
const schemas = {
  config: "https://unpkg.com/@orchestrator/cli/schema/config.json",
  plan: "https://unpkg.com/@orchestrator/local/schema/plan.schema.json",
};

/** A configuration with a comment on every line that may be changed. No secret is ever in it. */
export const config = (wanted: Wanted): string =>
  [
    `# yaml-language-server: $schema=${schemas.config}`,
    "# How orchestrator works here. It holds no secrets: tokens come from variables.",
    "",
    ...github(wanted),
    "",
    ...codegen(wanted.hasCodegen),
    "",
    ...own(wanted),
    "",
    "agent:",
    "  max_concurrent_agents: 10 # agents at work at once",
    "  task_timeout_seconds: 600 # the longest one attempt may take",
    "  retry_attempts: 3",
    "  retry_delay_seconds: 30",
    "",
    "automation:",
    `  auto_merge_on_success: ${wanted.merges} # true: the run merges pull requests that pass their checks; false: people do`,
    "  post_results_as_comment: true # one comment on each issue, kept up to date",
    '  status_label_prefix: "status:" # labels on issues, as status:completed',
    "  # close_issues: true # close an issue when its change is merged",
    "",
  ].join("\n");

const github = (wanted: Wanted): ReadonlyArray<string> => {
  const { baseUrl, boards, defaultBranch, labels, tasks } = wanted;
  if (tasks === undefined) {
    return [
      "# Tasks come from a plan file. To work on issues of GitHub:",
      "# github:",
      "#   repository: owner/name",
    ];
  }
  const isBoard = tasks.board !== undefined;
  return [
    "github:",
    `  repository: ${scalar(tasks.repository)}${isBoard ? "" : " # its open issues are the tasks"}`,
    ...(isBoard
      ? [
          `  project_number: ${tasks.board} # the issues on this board are the tasks${titled(boards, tasks.board)}`,
        ]
      : others(boards)),
    ...(defaultBranch === undefined ? [] : [`  default_branch: ${scalar(defaultBranch)}`]),
    ...(baseUrl === undefined
      ? []
      : [`  base_url: ${scalar(baseUrl)} # allow it: ORCHESTRATOR_ALLOWED_HOSTS`]),
    "  # token: ${GITHUB_TOKEN} # without it: GITHUB_TOKEN, GH_TOKEN, or that of gh auth login",
    ...(isBoard
      ? []
      : [
          "  # issues:",
          `  #   labels: [ready] # only issues with these labels${existing(labels)}`,
        ]),
  ];
};

const titled = (boards: ReadonlyArray<Board>, number: number): string => {
  const title = boards.find((board) => board.number === number)?.title;
  return title === undefined ? "" : `: ${Text.line(title, 60)}`;
};

const others = (boards: ReadonlyArray<Board>): ReadonlyArray<string> => {
  const [first, ...more] = boards.slice(0, shown);
  if (first === undefined) return [];
  const rest = more.map(({ number, title }) => `, ${number} ${Text.line(title, 60)}`).join("");
  return [
    `  # project_number: ${first.number} # or the issues on a board: ${first.number} ${Text.line(first.title, 60)}${rest}`,
  ];
};

/** How many names a comment takes. */
const shown = 6;

const existing = (labels: ReadonlyArray<string>): string =>
  labels.length === 0
    ? ""
    : `; there are ${labels
        .slice(0, shown)
        .map((label) => Text.line(label, 40))
        .join(", ")}${labels.length > shown ? ", …" : ""}`;

const codegen = (isThere: boolean): ReadonlyArray<string> => {
  const lines = ["codegen:", "  org_id: ${CODEGEN_ORG_ID}", "  api_token: ${CODEGEN_API_TOKEN}"];
  return orComment(
    isThere,
    lines,
    "Agents of Codegen work on issues; set the two variables, then:",
  );
};

/** Lines that count, or a comment that shows them. */
const orComment = (counts: boolean, lines: ReadonlyArray<string>, why: string) =>
  counts ? lines : [why, ...lines].map((one) => `# ${one}`);

/** One agent of this machine works on issues where no other does. */
const own = ({ agents: [first = "claude"], agents, hasCodegen, tasks }: Wanted) => {
  const lines = [
    "agents:",
    `  ${first}: {} # works in worktrees of this clone; makes pull requests`,
  ];
  const isWanted = tasks !== undefined && agents.length > 0 && !hasCodegen;
  return orComment(isWanted, lines, "Coding agents of this machine may work on issues, too:");
};

/** A text that YAML takes as it is. */
const scalar = (text: string): string =>
  /^[A-Za-z0-9][\w./:-]*$/.test(text) &&
  !/^(?:true|false|null|yes|no|on|off|[\d.]+)$/i.test(text) &&
  !text.endsWith(":")
    ? text
    : JSON.stringify(text);

/** A plan of two small tasks, for a coding agent or, without one, for commands. */
export const plan = (agent: string | undefined): string => {
  const does = (prompt: string, run: string): ReadonlyArray<string> =>
    agent === undefined ? [`    run: ${run}`] : ["    prompt: >-", `      ${prompt}`];
  const who = agent === undefined ? "commands of the shell" : `the coding agent ${agent}`;
  return [
    `# yaml-language-server: $schema=${schemas.plan}`,
    `# A plan for ${who}. Each task works in a git worktree of its own; what it changes is merged`,
    "# before the tasks that depend on it start.",
    ...(agent === undefined ? [] : ["defaults:", `  agent: ${agent}`]),
    "tasks:",
    "  - id: notes",
    "    title: Describe the repository",
    ...does(
      "Read this repository and write NOTES.md: what it is for and how it is laid out, in 20 lines at most.",
      "ls > NOTES.md",
    ),
    "",
    "  - id: ideas",
    "    title: Propose what to do next",
    "    dependsOn: [notes]",
    ...does(
      "Read NOTES.md and write IDEAS.md: the three most useful next changes, each in two lines.",
      "wc -l NOTES.md > IDEAS.md",
    ),
    "",
  ].join("\n");
};
