import type { Bend } from "../../shared/Fault.ts";
import type { Reply } from "../../shared/Service.ts";
import type { Reading } from "../../shared/Specification.ts";
import type { Limiter } from "../Limits.ts";
import { refuse } from "../refusals.ts";
import type { Access, Token } from "../world/Access.ts";
import type { Maker } from "../world/Maker.ts";
import type { Issue, Repo } from "../world/model.ts";
import type { Doing } from "../world/moments.ts";
import { pageOf } from "./pages.ts";
import type { Place } from "./place.ts";

/** What every endpoint of a fake works with. */
export interface Setting {
  readonly access: Access;
  readonly maker: Maker;
  readonly limiter: Limiter;
  /** The version of a server of one's own. */
  readonly version: string | null;
  /** Such a server that knows no dependencies between issues yet. */
  readonly isOld: boolean;
}

/** A request that was admitted. */
export interface Request extends Setting {
  readonly token: Token;
  readonly reading: Reading;
  readonly query: URLSearchParams;
  readonly place: Place;
  readonly bends: ReadonlyArray<Bend>;
}

/** A request in a repository that its token sees. */
export interface RepoRequest extends Request {
  readonly repo: Repo;
}

export type Endpoint = (request: RepoRequest) => Reply;

export const ok = (body: unknown): Reply => ({ status: 200, body });

/** Who acts over the API. */
export const doingOf = ({ token }: Request): Doing => {
  const by = token.user?.login ?? token.bot;
  return by === null ? { isApi: true } : { isApi: true, by };
};

/** A value of the request's body. */
export const given = <A>({ reading }: Request, name: string): A | undefined =>
  (reading.body as Readonly<Record<string, A | undefined>> | undefined)?.[name];

/** An answer to something that was done to an issue, for the audit. */
export const done = (status: number, body: unknown, type: string, id: number, task: string) => ({
  status,
  body,
  effect: { type, id, key: null, task },
});

/** Answers a page of a list; the path is that of the list in its repository. */
export const listed = <A>(
  { repo, query, place }: RepoRequest,
  path: string,
  all: ReadonlyArray<A>,
  show: (item: A) => object,
): Reply => {
  const url = `${place.api}/repositories/${repo.id}/${path}`;
  const { items, headers } = pageOf(all, { url, query });
  return { status: 200, headers, body: items.map(show) };
};

/** An endpoint of one issue, which is refused where there is none. */
export const onIssue =
  (act: (request: RepoRequest, issue: Issue) => Reply): Endpoint =>
  (request) => {
    const { repo, reading, token, access } = request;
    const issue = repo.issues.get(Number(reading.values["issue_number"]));
    const isSeen = issue !== undefined && access.canSeeIssue(token, issue);
    return isSeen ? act(request, issue) : refuse(404);
  };
