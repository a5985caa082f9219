/**
 * The section `github` of a configuration file.
 *
 * The adapter is loaded only where something asks for it: help and plans must come at once.
 */
import type * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import type * as DataFile from "@orchestrator/local/DataFile";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as ConfigFile from "./ConfigFile.ts";

/** What reads the section. */
export const adapter = Effect.promise(() => import("@orchestrator/github/GitHubConfig"));

/** GitHub's own variables. Programs set them for many purposes: they ask for nothing. */
export const variables = ["GITHUB_API_URL", "GH_HOST", "GITHUB_TOKEN", "GH_TOKEN"];

/** What the file says of GitHub. */
export interface Section {
  /** `owner/name` on GitHub. */
  readonly repository: string | undefined;
  /** With the variables that go before it; undefined if there is no section. */
  readonly settings:
    | Result.Result<GitHubConfig.Settings, ReadonlyArray<DataFile.Problem>>
    | undefined;
}

/** Reads the section of a file; what is wrong in the file itself is a failure, whether the plan needs it or not. */
export const read = Effect.fn("ConfigGitHub.read")(function* (
  file: string,
  found: ConfigFile.ConfigFile,
  given: GitHubConfig.Given,
) {
  const path = yield* Path.Path;
  const { read: parse } = yield* adapter;
  const { github } = found.sections;
  const told = ({ problems }: GitHubConfig.ConfigInvalid) =>
    problems.map((problem) => placed(found, problem)).toSorted(inReadingOrder);
  const alone = yield* Effect.mapError(
    Effect.fromResult(parse(github, { ...given, environment: {} })),
    told,
  );
  const nameOf = (name: string) => path.resolve(path.dirname(file), name);
  const settings = Result.mapBoth(parse(github, given), {
    onFailure: told,
    onSuccess: (made) => withKeyAt(made, nameOf),
  });
  return {
    repository: alone.repository,
    settings: github === undefined || github === null ? undefined : settings,
  } satisfies Section;
});

const inReadingOrder = (one: DataFile.Problem, other: DataFile.Problem): number =>
  (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);

/** What is wrong with the values of the section, beside keys that it cannot have. */
export const remarks =
  ({ read: parse }: Pick<typeof GitHubConfig, "read">): ConfigFile.Look =>
  ({ github }) => {
    if (typeof github !== "object" || github === null) return [];
    const problems = Result.match(parse(github, { environment: {} }), {
      onFailure: (failure) => failure.problems,
      onSuccess: () => [],
    });
    return problems.flatMap(({ message, path }) => (path === undefined ? [] : [{ message, path }]));
  };

/** The file with the key of an App lies where the configuration says, seen from the configuration. */
const withKeyAt = (
  settings: GitHubConfig.Settings,
  resolve: (name: string) => string,
): GitHubConfig.Settings => {
  const { auth } = settings;
  if (auth?._tag !== "App" || !("file" in auth.privateKey)) return settings;
  return { ...settings, auth: { ...auth, privateKey: { file: resolve(auth.privateKey.file) } } };
};

const placed = (
  file: ConfigFile.ConfigFile,
  { message, path, where }: GitHubConfig.Problem,
): DataFile.Problem => {
  if (path === undefined) return { message: `${where}: ${ConfigFile.unseen(message)}` };
  return file.problem(path, file.isSecret(path) ? ConfigFile.unseen(message) : message);
};
