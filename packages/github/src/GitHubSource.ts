/**
 * The backlog of a team on GitHub as tasks: issues of repositories and items of boards together.
 *
 * If one source cannot be read, nothing is: a plan with a part of the issues would start tasks
 * without what they depend on.
 */
import { TaskSource } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as Assembly from "./Assembly.ts";
import * as Edges from "./Edges.ts";
import type { FactSource, Reading } from "./FactSource.ts";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import type { GitHubPlan } from "./GitHubPlan.ts";
import { followed, type Following } from "./internal/followed.ts";
import * as Gathered from "./internal/gathered.ts";
import * as IssueSource from "./IssueSource.ts";
import * as Lookups from "./Lookups.ts";
import * as Permissions from "./Permissions.ts";
import * as ProjectSource from "./ProjectSource.ts";
import * as TaskFields from "./TaskFields.ts";
import * as Trust from "./Trust.ts";

/** One place to read issues from. */
export type Source =
  | { readonly issues: Omit<IssueSource.Options, "reading"> }
  | { readonly project: Omit<ProjectSource.Options, "fieldNames" | "reading"> };

/** How far dependencies outside of the sources are followed. */
export interface Reach {
  /** The most issues that are added (default 1,000); what is beyond stays outside and blocks. */
  readonly limit?: number | undefined;
}

/** What is read, and how a plan is made of it. */
export interface Options {
  readonly client: GitHubClient;
  readonly sources: ReadonlyArray<Source>;
  readonly options?: Assembly.Options | undefined;
  /**
   * Whether open issues outside of the sources that something waits for become tasks, too (default: no).
   * Only those of owners that the sources name: elsewhere, others decide who is trusted.
   */
  readonly withDependencies?: boolean | Reach | undefined;
}

/** A backlog on GitHub, read anew each time. */
export interface GitHubSource {
  /** What people call it: `acme/shop issues + acme project 1`. */
  readonly name: string;
  /** Reads everything anew. Nothing is changed on GitHub. */
  readonly plan: Effect.Effect<GitHubPlan, GitHubError>;
  /** What of the plan can run. */
  readonly source: TaskSource.TaskSource["Service"];
}

/** How many sources are read at once. */
const concurrency = 2;

const usualLimit = 1000;

/** Makes a source of issues and boards; nothing is asked until it is read. */
export const make = (options: Options): GitHubSource => {
  const name = nameOf(options.sources);
  const plan = Effect.withSpan(read(name, options), "GitHubSource.plan");
  return {
    name,
    plan,
    source: {
      name,
      tasks: Stream.unwrap(
        plan.pipe(
          Effect.map(({ tasks }) => Stream.fromIterable(tasks)),
          Effect.mapError(
            ({ message }) => new TaskSource.TaskSourceError({ source: name, message }),
          ),
        ),
      ),
    },
  };
};

const nameOf = (sources: ReadonlyArray<Source>): string => {
  const names = sources.map((source) => {
    if ("project" in source) return `${source.project.owner} project ${source.project.number}`;
    return `${source.issues.owner}/${source.issues.repository} issues`;
  });
  return [...new Set(names)].join(" + ");
};

const read = Effect.fnUntraced(function* (name: string, given: Options) {
  const { client, options = {} } = given;
  const trust = Trust.complete(options.trust);
  const permissions = Permissions.make(client);
  const reading: Reading = {
    comments: options.dependencies?.comments ?? Edges.usual.comments,
    approval: {
      label: trust.approvalLabel,
      isNeeded: ({ association }) => !Trust.includes(trust, association),
      permissions,
    },
  };
  const sources = given.sources.map((source) => open(client, source, reading, options));
  const told = Gathered.sorted(
    (yield* Effect.forEach(sources, Gathered.read, { concurrency })).flat(),
  );
  const start = Assembly.assess(told.issues, options);
  const following = followingOf(given, reading);
  const { issues, lookups, unsupported } = yield* followed(client, start, options, following);
  const shortfalls = [...told.unsupported, ...unsupported, ...permissions.shortfalls()];
  const material = { name, issues, lookups, unusable: told.unusable, unsupported: shortfalls };
  return Assembly.complete(material, options);
});

const open = (
  client: GitHubClient,
  source: Source,
  reading: Reading,
  { values }: Assembly.Options,
): FactSource =>
  "issues" in source
    ? IssueSource.make(client, { ...source.issues, reading })
    : ProjectSource.make(client, {
        ...source.project,
        fieldNames: TaskFields.fieldNames(values),
        reading,
      });

const ownersOf = (sources: ReadonlyArray<Source>): ReadonlySet<string> =>
  new Set(
    sources.map((source) => {
      const { owner } = "project" in source ? source.project : source.issues;
      return owner.split("/", 1)[0]!.toLowerCase();
    }),
  );

const followingOf = (
  { client, sources, withDependencies = false }: Options,
  reading: Reading,
): Following | undefined => {
  if (withDependencies === false) return undefined;
  const { limit = usualLimit } = withDependencies === true ? {} : withDependencies;
  const source = "dependencies outside of the sources";
  return {
    limit,
    owners: ownersOf(sources),
    read: (ids: ReadonlyArray<string>) => Lookups.facts(client, ids, { reading, source }),
  };
};
