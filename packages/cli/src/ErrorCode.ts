/** The stable name of every error that ends a command, and what to try about it. */
import * as CliError from "effect/cli/CliError";

/** An error as people search for it and programs take it. */
export interface Told {
  /** In kebab-case; it never changes its meaning. */
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What to try. */
  readonly fix: string;
}

interface Row {
  readonly code: string;
  readonly fix: string;
}

const row = (code: string, fix: string): Row => ({ code, fix });

const look = "Look at what is wrong here: orchestrator doctor";
const others = "Name another run, or see those there are: orchestrator runs";
const later = "Try again later.";

/** By the tag of an error; where one tag has several reasons, by `Tag.Reason`. */
export const rows: Readonly<Record<string, Row>> = {
  // The command line.
  UnrecognizedOption: row("unknown-flag", "See the flags there are, with --help."),
  DuplicateOption: row("duplicate-flag", "Name the flag once."),
  MissingOption: row("flag-missing", "See what the command needs, with --help."),
  MissingArgument: row("argument-missing", "See what the command needs, with --help."),
  UnexpectedArgument: row("unexpected-argument", "Leave it out, or see --help."),
  InvalidValue: row("invalid-value", "Give a value that the flag allows: see --help."),
  UnknownSubcommand: row("unknown-command", "See the commands there are: orchestrator --help"),
  ValidationError: row("wrong-call", "See how the command is called, with --help."),
  WrongCall: row("wrong-call", "See how the command is called, with --help."),
  SecretArgument: row(
    "secret-on-command-line",
    "Put the token into GITHUB_TOKEN or CODEGEN_API_TOKEN, and replace it.",
  ),
  OnceAsMetrics: row("wrong-call", "See how the command is called, with --help."),
  DataInvalid: row(
    "data-invalid",
    "Give JSON: a text in double quotes, a number, a list, a mapping.",
  ),
  TwoPlans: row("two-plans", "Name a plan file or --repo, not both."),
  ProjectProblem: row(
    "project-invalid",
    "Correct what is named; see the templates: orchestrator project list --templates",
  ),
  FolderInUse: row("folder-in-use", "Name a folder that is new or empty."),
  // Configuration and tokens.
  ConfigInvalid: row(
    "config-invalid",
    "Correct the lines that are named; see all of it: orchestrator config show",
  ),
  NotConfigured: row(
    "codegen-not-configured",
    "Set CODEGEN_ORG_ID and CODEGEN_API_TOKEN, or write a section codegen.",
  ),
  NoAgent: row("no-agent", "Set ORCHESTRATOR_AGENT_NAME, as claude, or configure Codegen."),
  Unserved: row("no-agent-for-issues", "Correct what the problems name, or name another agent."),
  CannotPush: row("cannot-push", look),
  NotTheClone: row(
    "not-the-clone",
    "Start the command in a clone of the repository of the issues.",
  ),
  NoRepository: row("no-repository", "Set codegen.repo_id, or leave --no-preflight out."),
  NotReady: row("codegen-not-ready", look),
  NoToken: row("no-token", "Set GITHUB_TOKEN, or log in with gh auth login."),
  KeyRefused: row(
    "key-refused",
    "Correct github.private_key_file, and keep the file to yourself: chmod 600",
  ),
  SecretDamaged: row("secret-damaged", "Restore the file, or remove it."),
  PromptFileInvalid: row("prompt-file-invalid", "Correct the file that codegen.prompt_file names."),
  // Plans.
  NoPlan: row("no-plan", "Name a plan, or write one: orchestrator init --local"),
  MissingPlan: row("plan-not-found", "Check the name and the folder of the plan."),
  BadPlan: row("plan-invalid", "Correct the places that are named: orchestrator plan"),
  PlanInvalid: row("plan-invalid", "Correct the places that are named: orchestrator plan"),
  PlanFileError: row("plan-unreadable", "Check the plan file and who may read it."),
  NoSuchTask: row("task-not-found", "See the tasks there are: orchestrator plan"),
  // Git and GitHub.
  "GitError.NotInstalled": row("git-not-installed", "Install git, and see that it is on the PATH."),
  "GitError.TooOld": row("git-too-old", "Install a newer git."),
  "GitError.NotARepository": row("git-not-a-repository", "Run git init, or go to a repository."),
  "GitError.NoCommits": row("git-no-commits", "Make a first commit."),
  "GitError.DetachedHead": row(
    "git-detached-head",
    "Check a branch out, or name one as base: in the plan.",
  ),
  "GitError.MissingBranch": row(
    "git-missing-branch",
    "Make the branch, or name another as base: in the plan.",
  ),
  GitError: row("git-failed", "Read what git says, then try again."),
  Unreadable: row("github-unreadable", look),
  LeaseHeld: row(
    "lease-held",
    "Wait until the other orchestrator has ended, or ask who started it.",
  ),
  LeaseLost: row("lease-lost", "See who works on the repository, then: orchestrator resume"),
  // Runs.
  NoRuns: row("no-runs", "Run a plan first, or go to the folder of its project."),
  RunNotFound: row("run-not-found", others),
  UnknownRun: row("run-not-found", others),
  RunExists: row("run-exists", "Start the run under another id."),
  UnknownTask: row("task-not-found", "See the tasks of the run: orchestrator status"),
  UnknownSession: row("session-not-found", "See the sessions there are: orchestrator sessions"),
  StillWaiting: row(
    "events-waiting",
    "Try again once the receiver answers: orchestrator webhooks deliver",
  ),
  NothingToResume: row("nothing-to-resume", "See the runs there are: orchestrator runs"),
  ChangeRefused: row("change-refused", "See how the run stands: orchestrator status"),
  RunLocked: row(
    "run-locked",
    "Wait until the other process has ended, or ask it: orchestrator cancel",
  ),
  Busy: row(
    "run-busy",
    "Wait until the other process has ended, or watch it: orchestrator status --watch",
  ),
  NoAnswer: row("no-answer", later),
  ForeignRun: row("run-foreign", "Go on with the run by the program that started it."),
  DamagedRun: row("run-damaged", "Restore the run from a backup; others are not touched by it."),
  ProjectMoved: row("project-moved", "Move the project back, then try again."),
  RunBroken: row("run-left", "Make room or repair the disk, then: orchestrator resume"),
  "JournalError.Failed": row(
    "journal-failed",
    "Check the disk and its space, then: orchestrator resume",
  ),
  "JournalError.Damaged": row("journal-damaged", "Restore .orchestrator from a backup."),
  "JournalError.TooNew": row(
    "journal-too-new",
    "Use the version of orchestrator that wrote it, or a later one.",
  ),
  "JournalError.Unclear": row("journal-unclear", "Go on with the run: orchestrator resume"),
  "JournalError.Lost": row("journal-taken-over", "See who works on the run: orchestrator status"),
  // Workflows.
  WorkflowNotFound: row("workflow-not-found", "See those there are: orchestrator workflow list"),
  WorkflowExists: row("workflow-exists", "Choose another name, or delete that one first."),
  BadWorkflows: row("bad-workflows", "Correct what is wrong at the places that are named."),
  WorkflowUnusable: row(
    "workflow-unusable",
    "Look at what is wrong: orchestrator workflow validate",
  ),
  WrongArguments: row(
    "wrong-parameters",
    "See the parameters that it has: orchestrator workflow show",
  ),
  // Assistants.
  NotAllowed: row("not-allowed", "Ask the operator to allow it: orchestrator mcp --allow"),
  UnfitArguments: row("wrong-arguments", "Call the tool with what its schema allows."),
  AnswerTooLong: row("answer-too-long", "Ask for fewer at once, with limit, or for one task."),
  PlanElsewhere: row("plan-elsewhere", "Name a plan in the folder of the server."),
  NothingNamed: row("nothing-named", "Name a run or a task."),
  WrongTask: row("task-invalid", "Correct the task, and add it again."),
  NotAtWork: row("run-not-at-work", "Go on with the run first: orchestrator resume"),
  TokenRefused: row("token-refused", "Start the server from the command of a task at work."),
  TokenFileUnfit: row("token-file-unfit", "Keep the file to yourself, or remove it: chmod 600"),
  OnlyForAgent: row("only-for-agents", "Leave the flags out."),
  // Files and the machine.
  WriteFailed: row("write-failed", "Check the folder, its permissions and the space on the disk."),
  PlatformError: row("file-failed", "Check the file, its permissions and the space on the disk."),
  TestsFailed: row("demo-tests-failed", "Run the tests yourself, as the message says."),
};

/** What cannot be known by its tag. */
const unknown = row("failed", look);
export const bug = row("bug", "Please report it with what was printed.");
export const outputLost = row(
  "output-lost",
  "Check where standard output goes, and the space there.",
);

/** The code, the cause and the fix of an error. */
export const of = (error: unknown): Told => {
  const { code, fix } = rowOf(error);
  return { code, message: error instanceof Error ? error.message : String(error), fix };
};

const rowOf = (error: unknown): Row => {
  if (CliError.isCliError(error) && error._tag === "ShowHelp") {
    return error.errors[0] === undefined ? unknown : rowOf(error.errors[0]);
  }
  const tag = text(error, "_tag");
  if (tag === undefined) return unknown;
  const known = rows[`${tag}.${text(error, "reason") ?? ""}`] ?? rows[tag];
  return known ?? { code: kebab(tag), fix: unknown.fix };
};

const text = (error: unknown, key: string): string | undefined => {
  const value = typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
  return typeof value === "string" ? value : undefined;
};

const kebab = (tag: string): string => tag.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
