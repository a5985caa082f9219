import * as Effect from "effect/Effect";
import * as Assembly from "../Assembly.ts";
import type { Fact } from "../FactSource.ts";
import type { GitHubClient } from "../GitHubClient.ts";
import type { GitHubError } from "../GitHubError.ts";
import type { Lookup } from "../IssueFacts.ts";
import * as IssueId from "../IssueId.ts";
import * as Lookups from "../Lookups.ts";
import { sorted } from "./gathered.ts";

/** Issues with all that is known of what they refer to. */
export interface Followed {
  readonly issues: ReadonlyArray<Assembly.Assessed>;
  readonly lookups: ReadonlyMap<string, Lookup>;
  readonly unsupported: ReadonlyArray<string>;
}

export interface Following {
  /** The most issues to add. */
  readonly limit: number;
  /** Whose repositories are read, in small letters: in those of others it is others who are trusted there. */
  readonly owners: ReadonlySet<string>;
  /** Reads whole issues by their ids. */
  readonly read: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Fact>, GitHubError>;
}

/**
 * Looks up whatever the issues refer to. If `following` is given, open issues that one of them waits
 * for are added, and what those wait for in turn, step by step.
 */
export const followed = Effect.fnUntraced(function* (
  client: GitHubClient,
  start: ReadonlyArray<Assembly.Assessed>,
  options: Assembly.Options,
  following: Following | undefined,
) {
  let issues = start;
  let room = following?.limit ?? 0;
  const lookups = new Map<string, Lookup>();
  const tried = new Set<string>();
  const foreign = new Set<string>();
  const unsupported = new Array<string>();
  for (;;) {
    const unknown = Assembly.references({ issues, lookups });
    if (unknown.length > 0) {
      for (const [key, found] of yield* Lookups.look(client, unknown)) lookups.set(key, found);
    }
    if (following === undefined) break;
    const untried = Assembly.outside({ issues, lookups }).filter(
      (id) => !tried.has(IssueId.key(id)),
    );
    const outside = untried.filter((id) => isOurs(id, following));
    for (const id of untried) if (!isOurs(id, following)) foreign.add(id);
    const wanted = outside.slice(0, room);
    if (wanted.length < outside.length) unsupported.push(tooMany(following.limit));
    if (wanted.length === 0) break;
    room -= wanted.length;
    for (const id of wanted) tried.add(IssueId.key(id));
    const facts = sorted(yield* following.read(wanted));
    unsupported.push(...facts.unsupported);
    issues = [...issues, ...added(issues, Assembly.assess(facts.issues, options))];
  }
  if (foreign.size > 0) unsupported.push(notOurs([...foreign]));
  return { issues, lookups, unsupported } satisfies Followed;
});

const added = (
  before: ReadonlyArray<Assembly.Assessed>,
  found: ReadonlyArray<Assembly.Assessed>,
): ReadonlyArray<Assembly.Assessed> => {
  const known = new Set(before.map(({ facts }) => IssueId.key(facts.id)));
  return found.filter(({ facts }) => !known.has(IssueId.key(facts.id)));
};

const isOurs = (id: string, { owners }: Following): boolean =>
  owners.has((IssueId.parse(id)?.owner ?? "").toLowerCase());

const shownIds = 3;

const notOurs = (ids: ReadonlyArray<string>): string => {
  const rest = ids.length - shownIds;
  const names = `${ids.slice(0, shownIds).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return `Not added, because none of the sources names their owners: ${names}. Others are trusted there than here; to run such issues, add their repositories to the sources.`;
};

const tooMany = (limit: number): string =>
  `More than ${limit} issues outside of the sources are waited for; those beyond were not added, and what waits for them does not run. Add their repositories to the sources.`;
