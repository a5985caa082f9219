/** The section `github` of a configuration, and the variables that go before it or help it out. */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as v from "valibot";
import * as BaseUrl from "./BaseUrl.ts";
import * as GitHubHost from "./GitHubHost.ts";
import * as ConfigSection from "./internal/configSection.ts";
import type * as Edges from "./Edges.ts";
import type * as GitHubSource from "./GitHubSource.ts";
import type * as IssueSource from "./IssueSource.ts";
import type * as TaskFields from "./TaskFields.ts";
import type * as Trust from "./Trust.ts";
import { type Auth, authIn, authProblems, named } from "./internal/configAuth.ts";
import { keys, type Problem, problemOf } from "./internal/configProblem.ts";
import { issuesOf, sourcesOf } from "./internal/configSources.ts";
import { isSet } from "./internal/isSet.ts";

export { keys };
export type { Auth, Problem };

/** A configuration that cannot be used. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("GitHubConfigInvalid", {
  problems: Schema.Array(
    Schema.Struct({
      where: Schema.String,
      path: Schema.UndefinedOr(Schema.Array(Schema.Union([Schema.String, Schema.Finite]))),
      message: Schema.String,
    }),
  ),
}) {
  override get message(): string {
    return this.problems.map(({ message, where }) => `${where}: ${message}`).join("\n");
  }
}

/** The section `github`. A key that is null counts as absent. */
export const Section = ConfigSection.Section;
export type Section = ConfigSection.Section;

/** The variables that go before `base_url`, the first before the second. */
const variables = { api: "GITHUB_API_URL", host: "GH_HOST" } as const;

/** What a configuration says. */
export interface Settings {
  /** Undefined if neither the section nor a variable says it. */
  readonly auth: Auth | undefined;
  /** Where the API is; checked against the hosts that are allowed. */
  readonly baseUrl: string;
  readonly allowedHosts: ReadonlyArray<string>;
  /** `owner/name`; undefined if the section names none, or no owner. */
  readonly repository: string | undefined;
  readonly defaultBranch: string | undefined;
  /** Which issues of a repository are meant where only that is named. */
  readonly filter: IssueSource.Filter;
  /** Where tasks come from; empty if the section names nothing. */
  readonly sources: ReadonlyArray<GitHubSource.Source>;
  /** Which statements count as dependencies; what is absent is left to the defaults. */
  readonly dependencies: Edges.Options;
  /** Where the values of tasks stand; what is absent is left to the defaults. */
  readonly values: TaskFields.Mapping;
  /** Who is trusted; what is absent is left to the defaults. */
  readonly trust: Partial<Trust.Options>;
}

/** What the operator says beside the configuration. */
export interface Given {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hosts that the token may be sent to. Never from a file of a repository. */
  readonly allowedHosts?: ReadonlyArray<string>;
}

/** Reads the section. */
export const read = (section: unknown, given: Given): Result.Result<Settings, ConfigInvalid> => {
  const parsed = v.safeParse(Section, section ?? {});
  return parsed.success
    ? settings(parsed.output, given)
    : Result.fail(new ConfigInvalid({ problems: parsed.issues.map(problemOf) }));
};

const settings = (
  section: Section,
  { allowedHosts: given = [], environment }: Given,
): Result.Result<Settings, ConfigInvalid> => {
  const allowedHosts = GitHubHost.allowedBy(given);
  const api = apiIn(section, environment);
  const checked = BaseUrl.check(api.address, allowedHosts);
  const sources = sourcesOf(section);
  const problems = [
    ...authProblems(section),
    ...Result.match(sources, { onSuccess: () => [], onFailure: (found) => found }),
    ...(Result.isFailure(checked)
      ? [{ ...api.place, message: forPeople(api.address) ?? checked.failure.message }]
      : []),
  ];
  if (problems.length > 0 || Result.isFailure(sources)) {
    return Result.fail(new ConfigInvalid({ problems }));
  }
  return Result.succeed({
    auth: authIn(section, environment),
    baseUrl: api.address,
    allowedHosts,
    defaultBranch: section.default_branch ?? undefined,
    ...sources.success,
    dependencies: dependenciesIn(section),
    values: valuesIn(section),
    trust: trustIn(section),
  });
};

/** What to say of the address of github.com itself, which is easily taken for that of its API. */
const forPeople = (address: string): string | undefined => {
  const url = URL.parse(address);
  return url?.hostname.replace(/^www\./, "") === GitHubHost.official
    ? `${url.origin} is where people read: the API is at ${BaseUrl.official}, which is meant if base_url is left out`
    : undefined;
};

type Place = Omit<Problem, "message">;

/** Where the API is, and who says so. */
const apiIn = (
  section: Section,
  environment: Given["environment"],
): { readonly address: string; readonly place: Place } => {
  const api = named(environment[variables.api]);
  if (api !== undefined) return { address: api, place: { where: variables.api, path: undefined } };
  const host = named(environment[variables.host]);
  if (host !== undefined) {
    return { address: GitHubHost.apiOf(host), place: { where: variables.host, path: undefined } };
  }
  return {
    address: section.base_url ?? BaseUrl.official,
    place: { where: "github.base_url", path: ["github", "base_url"] },
  };
};

/** The same for the issues of one repository, `owner/name`, chosen as the section says. */
export const forRepository = (all: Settings, repository: string): Settings => ({
  ...all,
  repository,
  sources: [issuesOf(repository, all.filter)],
});

const dependenciesIn = ({ dependencies: given }: Section): Settings["dependencies"] =>
  stated({
    text: given?.text,
    comments: given?.comments,
    labels: given?.labels,
    native: given?.native,
    subIssues: given?.sub_issues,
    inheritFromParent: given?.inherit_from_parent,
    milestones: given?.milestones,
  });

const valuesIn = ({ values }: Section): TaskFields.Mapping =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, places]) =>
      isSet(places) ? [[name, stated(places)]] : [],
    ),
  );

const trustIn = ({ trust }: Section): Settings["trust"] =>
  stated({ associations: trust?.associations, approvalLabel: trust?.approval_label });

/** What is said; the rest is left out. */
const stated = <T extends object>(
  all: T,
): { readonly [K in keyof T]?: Exclude<T[K], null | undefined> } =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => isSet(value))) as never;
