import type { Bend } from "../shared/Fault.ts";
import type { Received, Reply } from "../shared/Service.ts";
import type { Operation, Reading } from "../shared/Specification.ts";
import { Apps } from "./Apps.ts";
import { bearer, callerOf, mark } from "./Caller.ts";
import type { HalfCall } from "./GitHubService.ts";
import type { Refusal } from "./Limits.ts";
import { invalid, mergeRefusals, notAccessible, refuse } from "./refusals.ts";
import { act } from "./rest/endpoints.ts";
import { etagOf, isKnown } from "./rest/etag.ts";
import { createsContent, needsOf } from "./rest/needs.ts";
import type { Place } from "./rest/place.ts";
import type { Setting } from "./rest/Request.ts";
import { getSpecification } from "./specification.ts";
import { anonymous, type Token } from "./world/Access.ts";
import type { Repo } from "./world/model.ts";
import { fullName } from "./world/World.ts";

/** The REST half. */
export class RestCalls {
  readonly #setting: Setting;
  readonly #apps: Apps;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#apps = new Apps(setting.access);
  }

  /** The call for a path below the base of the API; `null` for what the fake does not know. */
  read(received: Received, place: Place, path: string): HalfCall | null {
    const { access, limiter } = this.#setting;
    const specification = getSpecification();
    const match = specification.match(received.method, this.#named(path));
    if (match === null || "allowed" in match) return null;
    const { operation } = match;
    const { endpoint } = operation;
    const contentType = received.headers["content-type"] ?? null;
    const values = decodeAll(match.path);
    const reading = specification.read(operation, values, { ...received, contentType });
    // A JWT is no token; the app that it speaks for is looked at when it acts.
    const token = isOfApp(endpoint) ? anonymous : callerOf(access, received);
    const violations = [
      ...reading.problems.map(({ loc, msg }) => `${loc.join(".")}: ${msg}`),
      ...reading.ignored,
      ...wrongVersion(received),
    ];
    const asked = { received, place, path, operation, reading, violations };
    return {
      endpoint,
      kind: "rest",
      who: token?.user?.login ?? token?.kind ?? null,
      task: taskOf(reading),
      violations,
      admit: () => (token === null ? refuse(401) : this.#admit({ ...asked, token })),
      act: (bends) => this.#act({ ...asked, token: token ?? anonymous }, bends),
      refusal: (name) => {
        const refused = mergeRefusals[name];
        return refused === undefined
          ? limiter.say(name as Refusal, token ?? anonymous, "core")
          : mark(this.#setting, refused, token ?? anonymous, "core");
      },
    };
  }

  /** Links lead to repositories by their numbers. */
  #named(path: string): string {
    const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
    const repo = id === undefined ? null : this.#setting.access.world.repoById(Number(id));
    return repo === null ? path : `/repos/${fullName(repo)}${rest}`;
  }

  #admit(asked: Asked): Reply | null {
    const { received, token, operation, reading } = asked;
    const { endpoint } = operation;
    const weight = received.method === "GET" ? 1 : 5;
    const isContent = createsContent(endpoint);
    const limited = isFree(endpoint)
      ? null
      : this.#setting.limiter.refusal(token, "core", { points: 1, weight, isContent });
    if (limited !== null) return mark(this.#setting, limited, token, "core");
    const refusal = refuseInput(operation, reading) ?? this.#refuseRepo(asked);
    return refusal === null ? null : mark(this.#setting, refusal, token, "core");
  }

  /** What is private does not exist for a stranger, and what was renamed is elsewhere. */
  #refuseRepo({ received, token, operation, reading, place, path }: Asked): Reply | null {
    const { access } = this.#setting;
    const { owner, repo: name } = reading.values;
    if (owner === undefined || isOfApp(operation.endpoint)) return null;
    const repo = this.#repo(reading);
    const headers = acceptedBy(operation.endpoint);
    if (repo === null || !access.canSee(token, repo)) return { ...refuse(404), headers };
    const isMoved =
      fullName(repo).toLowerCase() !== `${String(owner)}/${String(name)}`.toLowerCase();
    if (isMoved) return moved(place, repo, path, received);
    const mayAct = needsOf(operation.endpoint).some((need) => access.may(token, repo, need));
    // A classic token that lacks a scope is told nothing.
    if (!mayAct && token.kind === "classic") return refuse(404);
    if (!mayAct && token.kind === "anonymous") return refuse(401, "Requires authentication");
    if (!mayAct) return { ...refuse(403, notAccessible(token.kind)), headers };
    const isFrozen = repo.isArchived && received.method !== "GET";
    return isFrozen ? refuse(403, "Repository was archived so is read-only.") : null;
  }

  #act(asked: Asked, bends: ReadonlyArray<Bend>): Reply {
    const { received, token, operation, reading, violations } = asked;
    const { limiter } = this.#setting;
    const { endpoint } = operation;
    const reply = isOfApp(endpoint) ? this.#actAsApp(asked) : this.#answer(asked, bends);
    if (reply.status < 300) violations.push(...ownMistakes(operation, reply));
    const tag = isFree(endpoint) ? null : etagOf(received, reply, token);
    const isSame = tag !== null && isKnown(received, tag);
    if (isSame) limiter.notModified += 1;
    else if (!isFree(endpoint)) limiter.take(token, "core", endpoint, 1);
    const headers = {
      ...reply.headers,
      ...(tag === null ? {} : { etag: tag, "cache-control": "private, max-age=60, s-maxage=60" }),
      ...(reading.values["repo"] === undefined ? {} : acceptedBy(endpoint)),
    };
    const whole = isSame ? { status: 304, headers, body: undefined } : { ...reply, headers };
    return mark(this.#setting, whole, token, "core");
  }

  #answer({ received, token, operation, reading, place }: Asked, bends: ReadonlyArray<Bend>) {
    const repo = this.#repo(reading);
    const { query } = received;
    const request = { ...this.#setting, token, reading, query, place, bends };
    return act(operation.endpoint, repo === null ? request : { ...request, repo });
  }

  #actAsApp({ received, operation, reading, place }: Asked): Reply {
    const app = this.#apps.read(bearer(received) ?? "");
    if ("status" in app) return app;
    if (operation.endpoint === "app.token") {
      const id = Number(reading.values["installation_id"]);
      return this.#apps.token(place, app, id, reading.body);
    }
    const repo = this.#repo(reading);
    return repo === null ? refuse(404) : this.#apps.installation(place, app, repo);
  }

  #repo({ values }: Reading): Repo | null {
    return this.#setting.access.world.repo(`${String(values["owner"])}/${String(values["repo"])}`);
  }
}

interface Asked {
  readonly received: Received;
  readonly place: Place;
  /** Below the base of the API. */
  readonly path: string;
  readonly operation: Operation;
  readonly reading: Reading;
  readonly violations: Array<string>;
  readonly token: Token;
}

const isOfApp = (endpoint: string): boolean =>
  endpoint === "app.token" || endpoint === "repo.installation";

/** Neither counts against the points of a token. */
const isFree = (endpoint: string): boolean => endpoint === "rateLimit" || isOfApp(endpoint);

const acceptedBy = (endpoint: string) => {
  const accepted = needsOf(endpoint).map(({ area, level }) => `${area}=${level}`);
  return { "x-accepted-github-permissions": accepted.join("; ") };
};

const versions = ["2022-11-28", "2026-03-10"];

const wrongVersion = ({ headers }: Received): ReadonlyArray<string> => {
  const asked = headers["x-github-api-version"];
  const isRight = asked === undefined || versions.includes(String(asked));
  return isRight ? [] : [`x-github-api-version ${String(asked)} is none of ${versions.join(", ")}`];
};

const decodeAll = (path: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(path).map(([name, value]) => [name, decode(value)]));

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The issue that a request is about. */
const taskOf = ({ values }: Reading): string | null => {
  const { owner, repo, issue_number: number } = values;
  return number === undefined ? null : `${String(owner)}/${String(repo)}#${String(number)}`;
};

/** A path that holds no number where one belongs leads nowhere. */
const refuseInput = ({ endpoint }: Operation, { problems }: Reading): Reply | null => {
  if (problems.length === 0) return null;
  if (problems.some(({ loc }) => loc[0] === "path")) return refuse(404);
  return invalid(
    problems.map(({ loc, msg: message }) => {
      const field = loc.slice(1).join(".");
      return { resource: endpoint, field, code: "invalid", message };
    }),
  );
};

const ownMistakes = (operation: Operation, { body }: Reply): ReadonlyArray<string> =>
  getSpecification()
    .judgeAnswer(operation, body)
    .slice(0, 5)
    .map(({ loc, msg }) => `the fake's own ${loc.join(".")}: ${msg}`);

/** Where a repository was sought under a former name; a write is not to become a read. */
const moved = (place: Place, repo: Repo, path: string, { method, query }: Received): Reply => {
  const rest = path.replace(/^\/repos\/[^/]+\/[^/]+/, "");
  const search = query.size === 0 ? "" : `?${query.toString()}`;
  const location = `${place.api}/repositories/${repo.id}${rest}${search}`;
  const [status, message] =
    method === "GET" ? [301, "Moved Permanently"] : [307, "Temporary Redirect"];
  return { status, headers: { location }, body: { message, url: location } };
};
