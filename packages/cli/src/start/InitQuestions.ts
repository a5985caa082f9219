/** What `init` has to know: it finds what it can, and asks only for what is for people to decide. */
import type { Survey } from "@orchestrator/github/RepositorySurvey";
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as Prompt from "effect/cli/Prompt";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as InitText from "./InitText.ts";
import { Screen } from "../terminal/Screen.ts";
import type { GitHub, Surroundings } from "./Surroundings.ts";
import * as Text from "../terminal/Text.ts";

export interface Options {
  /** Asks nothing. */
  readonly yes: boolean;
  readonly json: boolean;
}

export interface Wanted extends InitText.Wanted {
  /** Whether GitHub should have told more and could not be asked. */
  readonly isSilent: boolean;
}

/** Everything that the configuration says; without answers it is the careful choice. */
export const wanted = Effect.fn("InitQuestions.wanted")(function* (
  { agents, github }: Surroundings,
  { json, yes }: Options,
) {
  const { canAsk, environment } = yield* Screen;
  const isAsked = canAsk && !yes && !json;
  const survey = yield* surveyOf(github);
  const { boards, labels } = survey ?? { boards: [], labels: [] };
  const { repository } = github;
  const board = isAsked && boards.length > 0 ? yield* boardWanted(repository!, boards) : undefined;
  const merges = isAsked && repository !== undefined ? yield* mergesWanted : false;
  const codegen = environment(["CODEGEN_ORG_ID", "CODEGEN_API_TOKEN"]);
  return {
    tasks: repository === undefined ? undefined : { repository, board },
    defaultBranch: survey?.defaultBranch,
    boards,
    labels,
    baseUrl: addressOf(github, environment(["GITHUB_API_URL", "GH_HOST"])),
    agents: agents.map(({ name }) => name),
    hasCodegen: Object.values(codegen).filter((value) => value !== "").length === 2,
    merges,
    isSilent: survey === undefined && github.target !== undefined,
  } satisfies Wanted;
});

/** The address of a server of one's own; what a variable says stays with the variable. */
const addressOf = (
  { host, target }: GitHub,
  variables: Readonly<Record<string, string>>,
): string | undefined =>
  host === GitHubHost.official || Object.keys(variables).length > 0
    ? undefined
    : target?.settings.baseUrl;

/** Who wants to begin does not wait for a network that is not there. */
const patience = "8 seconds";

/** What GitHub tells of the repository; undefined without a token, or if it cannot be asked. */
const surveyOf = Effect.fnUntraced(function* ({ repository, target }: GitHub) {
  if (repository === undefined || target === undefined) return undefined;
  const { error } = yield* Screen;
  const { survey } = yield* Effect.promise(() => import("../github/GitHubBackend.ts"));
  const asked = survey(target, repository).pipe(
    Effect.map((found) => ({ found, message: "" })),
    Effect.catch(({ message }) => Effect.succeed({ found: undefined, message })),
    Effect.timeoutOption(patience),
  );
  const silence = { found: undefined, message: `${target.settings.baseUrl} does not answer.` };
  const { found, message } = Option.getOrElse(yield* asked, () => silence);
  if (found === undefined) {
    yield* error.print(`warning: ${Text.line(message)} Labels and boards are left out.`);
  }
  return found;
});

const boardWanted = (repository: string, boards: Survey["boards"]) =>
  Prompt.Select<number | undefined>({
    message: "Which issues are the tasks?",
    choices: [
      { title: `All open issues of ${Text.line(repository)}`, value: undefined },
      ...boards.map(({ number, title }) => ({
        title: `Those on the board ${number}, ${Text.line(title, 60)}`,
        value: number,
      })),
    ],
  });

const mergesWanted = Prompt.Confirm({
  message: "May a run merge pull requests that pass their checks?",
  initial: false,
});
