/** The issues of a repository, with everything that is known of them. Pull requests are left out. */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import type { ApprovalReading, Fact, FactSource, Reading } from "./FactSource.ts";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { withApprovals } from "./internal/approvals.ts";
import { milestoneParameter } from "./internal/milestoneNumber.ts";
import { Reader } from "./internal/Reader.ts";
import { type Draft, withRelations } from "./internal/relations.ts";
import { isPullRequest, labelsOf, RestIssue, toFacts, wantedOf } from "./internal/restIssue.ts";
import { sameName } from "./internal/sameName.ts";
import type { IssueFacts } from "./IssueFacts.ts";

/** Which issues. Whatever is not named filters nothing, except that only open ones are read. */
export interface Filter {
  readonly state?: "open" | "closed" | "all" | undefined;
  /** All of them, in any case. */
  readonly labels?: ReadonlyArray<string> | undefined;
  /** None of them, in any case. */
  readonly withoutLabels?: ReadonlyArray<string> | undefined;
  /** Its number or its title; `none` for those without one, `*` for those with any. */
  readonly milestone?: number | string | undefined;
  /** A login; `none` for those without one, `*` for those with any. */
  readonly assignee?: string | undefined;
  readonly author?: string | undefined;
  /** The name of an issue type. */
  readonly type?: string | undefined;
  /** Only what changed since then, as `2026-11-21T19:35:00Z`. A new blocker is no change for GitHub. */
  readonly since?: string | undefined;
  /** The most issues to give. */
  readonly limit?: number | undefined;
}

/** Which issues of which repository are read. */
export interface Options {
  readonly owner: string;
  readonly repository: string;
  readonly filter?: Filter | undefined;
  readonly reading?: Reading | undefined;
}

/** Full pages, and issues enough to fill batches of relations where pull requests are many. */
const pageSize = 100;
const groupSize = 500;

/** The issues of a repository that pass the filter, the oldest first. */
export const make = (client: GitHubClient, options: Options): FactSource => {
  const name = `${options.owner}/${options.repository} issues`;
  const read = () => factsOf(new Reader(client, name, options.reading), options);
  return { name, facts: Stream.suspend(read) };
};

const factsOf = (reader: Reader, options: Options): Stream.Stream<Fact, GitHubError> => {
  const { filter = {} } = options;
  const isMeant = (issue: RestIssue) => !isPullRequest(issue) && passes(issue, filter);
  return Stream.unwrap(listing(reader.client, options)).pipe(
    Stream.flattenIterable,
    Stream.filter(isMeant),
    Stream.take(filter.limit ?? Infinity),
    Stream.grouped(groupSize),
    Stream.mapEffect((group) => whole(reader, group)),
    Stream.flattenIterable,
    Stream.map((issue): Fact => ({ _tag: "Issue", issue })),
    Stream.concat(Stream.suspend(() => Stream.fromIterable(reader.shortfalls()))),
  );
};

/** Strangers who talk below an issue of theirs, which is no task, cost no points. */
const draftOf = (issue: RestIssue, { reading, source }: Reader): Draft => {
  const facts = toFacts(issue, source);
  const { approval, comments = false } = reading;
  const isTask = approval === undefined || mayCount(facts, approval);
  return { facts, wanted: wantedOf(issue, comments && isTask), comments: issue.comments ?? 0 };
};

const mayCount = (facts: IssueFacts, { isNeeded, label }: ApprovalReading): boolean =>
  !isNeeded(facts) || facts.labels.some((name) => sameName(name, label));

const listing = Effect.fnUntraced(function* (client: GitHubClient, options: Options) {
  const { filter = {}, owner, repository } = options;
  return client.pages({
    what: `the issues of ${owner}/${repository}`,
    operation: "issues.list",
    permission: "Issues: read",
    route: "GET /repos/{owner}/{repo}/issues",
    parameters: {
      owner,
      repo: repository,
      state: filter.state ?? "open",
      labels: labelParameter(filter),
      milestone: yield* milestoneParameter(client, owner, repository, filter.milestone),
      assignee: filter.assignee,
      creator: filter.author,
      type: filter.type,
      since: filter.since,
      sort: "created",
      direction: "asc",
      per_page: pageSize,
    },
    schema: Schema.Array(RestIssue),
  });
});

/** The list is divided by commas, so a label that has one cannot be asked for: it is looked for here. */
const labelParameter = ({ labels = [] }: Filter): string | undefined => {
  const plain = labels.filter((label) => !label.includes(","));
  return plain.length === 0 ? undefined : plain.join(",");
};

const passes = (issue: RestIssue, { labels = [], withoutLabels = [] }: Filter): boolean => {
  const has = new Set(labelsOf(issue).map((label) => label.toLowerCase()));
  return (
    labels.every((label) => has.has(label.toLowerCase())) &&
    !withoutLabels.some((label) => has.has(label.toLowerCase()))
  );
};

const whole = (reader: Reader, issues: ReadonlyArray<RestIssue>) => {
  const drafts = issues.map((issue) => draftOf(issue, reader));
  return withRelations(reader, drafts).pipe(
    Effect.flatMap((related) => withApprovals(reader, related)),
  );
};
