/** Pull requests of agent runs: their number and repository stand only in their url. */
import type { Agent } from "@orchestrator/core";
import type { AgentRun, PullRequest } from "./CodegenModel.ts";

/** What the url of a pull request says. */
export interface Location {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
}

/** A pull request for dependents and people. */
export interface Opened {
  readonly url?: string;
  readonly number?: number;
  readonly repository?: string;
  readonly title?: string;
  readonly branch?: string;
}

const path = /^\/([^/]+)\/([^/]+)\/pull\/([1-9]\d{0,14})(?:\/|$)/;

/** The repository and number in the url of a pull request, on any host; undefined if it is none. */
export const parse = (url: string): Location | undefined => {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return undefined;
  const [, owner, name, number] = path.exec(parsed.pathname) ?? [];
  if (owner === undefined || name === undefined || number === undefined) return undefined;
  return { repository: `${owner}/${name}`, number: Number(number) };
};

/** The pull requests of an agent run, without those that are told twice or say nothing. */
export const of = (run: AgentRun): ReadonlyArray<Opened> => {
  const seen = new Set<string>();
  return (run.github_pull_requests ?? []).flatMap(opened).filter((one) => {
    const key = one.url ?? one.branch;
    return key !== undefined && !seen.has(key) && seen.add(key) !== undefined;
  });
};

const opened = (pull: PullRequest | undefined): ReadonlyArray<Opened> => {
  if (pull === undefined) return [];
  const { head_branch_name, title, url } = pull;
  return [
    {
      ...(isText(url) ? { url, ...parse(url) } : {}),
      ...(isText(title) ? { title } : {}),
      ...(isText(head_branch_name) ? { branch: head_branch_name } : {}),
    },
  ];
};

const isText = (text: string | undefined): text is string =>
  text !== undefined && text.trim() !== "";

/**
 * The change that an agent run left behind, from its first pull request whose
 * branch is known. GitHub keeps `refs/pull/N/head` for one whose branch is not told.
 * Undefined where nothing says which branch it is.
 */
export const change = (pulls: ReadonlyArray<Opened>): Agent.Change | undefined => {
  const [first] = pulls.toSorted((one, other) => rank(one) - rank(other));
  if (first === undefined) return undefined;
  const branch =
    first.branch ?? (first.number === undefined ? undefined : `refs/pull/${first.number}/head`);
  if (branch === undefined) return undefined;
  const urls = pulls.flatMap(({ url }) => url ?? []);
  return urls.length === 0 ? { branch } : { branch, pullRequests: urls };
};

const rank = ({ branch, number }: Opened): number => {
  if (branch !== undefined) return 0;
  return number === undefined ? 2 : 1;
};
