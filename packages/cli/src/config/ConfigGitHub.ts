/**
 * The section `github` of a configuration file.
 *
 * The adapter is loaded only where something asks for it: help and plans must come at once.
 */
import type * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as ConfigFile from "./ConfigFile.ts";
import type { Sources, Told } from "./ConfigSources.ts";
import { Screen } from "../terminal/Screen.ts";

/** What reads the section. */
export const adapter = Effect.promise(() => import("@orchestrator/github/GitHubConfig"));

/** GitHub's own variables. Programs set them for many purposes: they ask for nothing. */
export const variables = ["GITHUB_API_URL", "GH_HOST", "GITHUB_TOKEN", "GH_TOKEN"];

/** Those that go before `base_url`. */
const addresses = ["GITHUB_API_URL", "GH_HOST"];

/** What is said of GitHub. */
export interface Section {
  /** `owner/name` on GitHub. */
  readonly repository: string | undefined;
  /** With the variables that go before it; undefined if there is no section. */
  readonly settings: Result.Result<GitHubConfig.Settings, ReadonlyArray<Told>> | undefined;
}

/** An environment without some variables. */
export const except = (
  environment: GitHubConfig.Given["environment"],
  names: ReadonlyArray<string>,
): GitHubConfig.Given["environment"] =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));

/** Reads the section; what is wrong in it is a failure, whether the plan needs it or not. */
export const read = Effect.fn("ConfigGitHub.read")(function* (
  sources: Sources,
  given: GitHubConfig.Given,
) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const { read: parse } = yield* adapter;
  const { github } = sources.value;
  const told = ({ problems }: GitHubConfig.ConfigInvalid) =>
    problems.map((problem) => placed(sources, problem));
  const alone = yield* Effect.mapError(
    Effect.fromResult(parse(github, { ...given, environment: {} })),
    told,
  );
  const isStated = sources.originOf(["github", "base_url"])?._tag === "Variable";
  const environment = except(given.environment, isStated ? addresses : []);
  const settings = Result.mapBoth(parse(github, { ...given, environment }), {
    onFailure: told,
    onSuccess: (made) => withKeyAt(made, (name) => path.resolve(folder, name)),
  });
  return {
    repository: alone.repository,
    settings: github === undefined || github === null ? undefined : settings,
  } satisfies Section;
});

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

/** The file with the key of an App; in files its name is absolute already. */
const withKeyAt = (
  settings: GitHubConfig.Settings,
  resolve: (name: string) => string,
): GitHubConfig.Settings => {
  const { auth } = settings;
  if (auth?._tag !== "App" || !("file" in auth.privateKey)) return settings;
  return { ...settings, auth: { ...auth, privateKey: { file: resolve(auth.privateKey.file) } } };
};

/** Says with which flag a host is allowed. */
export const allowing = (message: string): string =>
  message.replace(/allow the host (\S+)\.$/, "allow it: --allow-host $1");

const placed = (sources: Sources, { message, path, where }: GitHubConfig.Problem): Told =>
  path === undefined
    ? { where: undefined, order: 0, path: where, message: ConfigFile.unseen(message) }
    : sources.problem(path, allowing(message));
