import type { Received, Reply } from "../shared/Service.ts";
import { headersOf, type Resource } from "./Limits.ts";
import type { Setting } from "./rest/Request.ts";
import { type Access, anonymous, type Token } from "./world/Access.ts";

/** The text of the token that a request bears. */
export const bearer = ({ headers }: Received): string | null =>
  /^(?:Bearer|token) (\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? null;

/** Whose request it is; `null` for a token that nobody knows. */
export const callerOf = (access: Access, received: Received): Token | null => {
  const text = bearer(received);
  if (text !== null) return access.find(text);
  return received.headers.authorization === undefined ? anonymous : null;
};

type Marks = Readonly<Record<string, string>>;

const accepted = "x-accepted-github-permissions";

/** Adds the headers that every answer has, and leaves out those that are not for this kind of token. */
export const mark = (
  { access, limiter, version }: Setting,
  reply: Reply,
  token: Token,
  resource: Resource,
): Reply => {
  const { [accepted]: needed, ...own } = reply.headers ?? {};
  const headers: Marks = {
    date: new Date(access.world.clock.now()).toUTCString(),
    "x-github-request-id": limiter.nextRequestId(),
    "x-github-media-type": "github.v3; format=json",
    ...headersOf(limiter.standing(token, resource)),
    ...(version === null ? {} : { "x-github-enterprise-version": version }),
    ...rightsOf(token, needed),
    ...own,
  };
  return { ...reply, headers };
};

/** A classic token is told its scopes, the others which permissions would do. */
const rightsOf = (token: Token, needed: string | undefined): Marks => {
  if (token.kind === "classic")
    return { "x-oauth-scopes": token.scopes.join(", "), "x-accepted-oauth-scopes": "repo" };
  return needed === undefined ? {} : { [accepted]: needed };
};
