/** The one thing to do next, as what is here shows it. */
import * as Result from "effect/Result";
import type { Config } from "../config/Config.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Shell from "../terminal/Shell.ts";
import type { Surroundings } from "../start/Surroundings.ts";
import * as Text from "../terminal/Text.ts";

export interface NextStep {
  /** Why, in a sentence that leads to the command. */
  readonly what: string;
  /** Another program than this one. */
  readonly program?: string;
  /** The words of the command. */
  readonly words: ReadonlyArray<string>;
}

const step = (what: string, ...words: ReadonlyArray<string>): NextStep => ({ what, words });

/** What to do: first what waits for a person, then what was left, then what is missing, then the work. */
export const of = (seen: Surroundings, { isPlanned = false } = {}): NextStep => {
  if (Result.isFailure(seen.config)) return step("Next, see what is wrong", "doctor");
  const isKnown = isPlanned || seen.runs !== 0;
  return ofRuns(seen) ?? missing(seen, seen.config.success) ?? (isKnown ? run : look);
};

const run = step("Next, run it", "run");
const look = step("Next, see what would run", "plan");

const missing = (seen: Surroundings, config: Config): NextStep | undefined =>
  seen.plan === undefined ? forIssues(seen, config) : forPlan(seen, seen.plan);

const forIssues = (
  { agents, clone, github: { host, repository, token } }: Surroundings,
  { agent, agents: configured, codegen, files }: Config,
): NextStep | undefined => {
  if (clone === undefined && repository === undefined) {
    return step("This is no clone of a repository. Next, see it at work", "demo");
  }
  if (files.length === 0) return step("Next, set it up", "init");
  if (repository === undefined) {
    const what = "No repository on GitHub is known here. Next, write a plan file";
    return step(what, "init", "--local");
  }
  if (token === undefined) return signIn(host, repository);
  const hasAgent = agent !== undefined || Object.keys(configured).length > 0;
  if (codegen !== undefined || hasAgent) return undefined;
  const name = agents[0]?.name ?? "claude";
  const what = `No agent is configured that works on issues: write agents: { ${name}: {} } into ${files[0]!}, or set CODEGEN_ORG_ID and CODEGEN_API_TOKEN. Or, without issues, write a plan file`;
  return step(what, "init", "--local");
};

const forPlan = ({ clone }: Surroundings, plan: string): NextStep | undefined => {
  if (clone === undefined) {
    return step("This is no clone of a repository, but there is a plan. Next, run it", "run", plan);
  }
  if (clone.hasCommits) return undefined;
  const what = "Work starts from a commit, and there is none. Next, make one";
  return { what, program: "git", words: ["commit", "--allow-empty", "-m", "Start"] };
};

const ofRuns = ({ open }: Surroundings): NextStep | undefined => {
  const held = open.find((one) => one.held > 0);
  if (held !== undefined) return step("Next, see what waits for your decision", "held", held.id);
  const working = open.find(({ standing }) => standing === "running");
  if (working !== undefined) {
    return step("Next, watch the run at work", "status", working.id, "--watch");
  }
  const [left] = open;
  return left && step("Next, go on with the run that was left", "resume", left.id);
};

const signIn = (host: string, repository: string): NextStep => ({
  what: `There is no token for ${host}, so the issues of ${repository} cannot be read. Set GITHUB_TOKEN, or log in`,
  program: "gh",
  words: ["auth", "login", "--hostname", host],
});

/** The command that does it, as it is typed. */
export const call = ({ program, words }: NextStep, command: string): string =>
  `${program ?? command} ${Shell.line(...words)}`;

/** It as lines, the command last. */
export const lines = (next: NextStep, command: string, paint: Paint): ReadonlyArray<string> => [
  `${Text.line(next.what)}:`,
  `  ${paint("bold", call(next, command))}`,
];
