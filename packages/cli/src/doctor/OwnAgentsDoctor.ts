/** Looks whether agents of this machine could work on issues: the part of `doctor` about the clone and its remote. */
import * as Effect from "effect/Effect";
import type * as Config from "../config/Config.ts";
import type { Target } from "../github/GitHubTarget.ts";
import * as PushCheck from "../github/PushCheck.ts";
import * as IssueAgents from "../plan/IssueAgents.ts";
import * as Text from "../terminal/Text.ts";
import { type Finding, ok, problem, warning } from "./DoctorFinding.ts";

const about = "agents on issues";

/** Nothing to tell where the configuration gives issues to none of them. */
export const look = Effect.fn("OwnAgentsDoctor.look")(function* (
  config: Config.Config,
  target: Target,
) {
  const { home, lacking, own } = yield* IssueAgents.of(config, target.settings);
  const names = Object.keys(own);
  if (names.length === 0) return [];
  const unheard = IssueAgents.unheard(config);
  const missing = Object.values(lacking).map(({ advice, clause }) =>
    problem(about, `Issues are for an agent of this machine, and ${clause}. ${advice}`),
  );
  return [
    ...(unheard === undefined ? [] : [warning(about, unheard)]),
    ...missing,
    home === undefined
      ? problem(
          about,
          `${names.join(", ")} would work in a clone, and this folder is none of a repository on GitHub. Start the command in a clone.`,
        )
      : yield* pushing(home, names, target),
  ] satisfies ReadonlyArray<Finding>;
});

const pushing = Effect.fnUntraced(
  function* (home: string, names: ReadonlyArray<string>, target: Target) {
    const { git, remote } = yield* PushCheck.remoteHere(home, target);
    yield* remote.mayPush;
    const may = `${names.join(", ")} can work in this clone of ${home}, and git may push to ${remote.name}`;
    const isShallow = yield* git.text(remote.repository, ["rev-parse", "--is-shallow-repository"]);
    if (isShallow !== "true") return ok(about, may);
    return warning(
      about,
      `${may}, but it has only the newest commits: where a branch began may not be found. Get the others: git fetch --unshallow ${remote.name}`,
    );
  },
  Effect.timeout("20 seconds"),
  Effect.catch(({ message }) => Effect.succeed(problem(about, Text.line(message, 1000)))),
);
