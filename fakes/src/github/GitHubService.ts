import type { Call, Received, Reply, Service } from "../shared/Service.ts";
import { callerOf } from "./Caller.ts";
import type { Limiter } from "./Limits.ts";
import { Queries } from "./Queries.ts";
import { refuse, words } from "./refusals.ts";
import type { Place } from "./rest/place.ts";
import type { Setting } from "./rest/Request.ts";
import { RestCalls } from "./RestCalls.ts";
import type { Access } from "./world/Access.ts";
import type { Maker } from "./world/Maker.ts";
import { settle } from "./world/settle.ts";

export interface GitHubServiceOptions {
  readonly access: Access;
  readonly maker: Maker;
  readonly limiter: Limiter;
  /** A server of one's own; before 3.19 it knows no dependencies between issues. */
  readonly server: { readonly version: string } | null;
}

/** What REST and GraphQL make of a request; what they have in common comes to it here. */
export type HalfCall = Omit<Call, "words" | "done">;

/** GitHub: which of its two interfaces a request is for. */
export class GitHubService implements Service {
  readonly #setting: Setting;
  readonly #rest: RestCalls;
  readonly #queries: Queries;

  constructor({ access, maker, limiter, server }: GitHubServiceOptions) {
    const version = server?.version ?? null;
    const isOld = version !== null && isBefore(version, 3, 19);
    this.#setting = { access, maker, limiter, version, isOld };
    this.#rest = new RestCalls(this.#setting);
    this.#queries = new Queries(this.#setting);
  }

  receive(received: Received): Call {
    const { limiter, maker } = this.#setting;
    limiter.arrive();
    const call = this.#route(received);
    // What the service does by itself has happened before anybody looks.
    const act: Call["act"] = (bends) => {
      settle(maker);
      return call.act(bends);
    };
    const dated = (reply: Reply): Reply => {
      const date = new Date(maker.world.clock.now()).toUTCString();
      return { ...reply, headers: { date, ...reply.headers } };
    };
    return {
      ...call,
      act: (bends) => dated(act(bends)),
      admit: () => {
        const refusal = call.admit();
        return refusal === null ? null : dated(refusal);
      },
      ...(call.refusal === undefined ? {} : { refusal: (name) => dated(call.refusal!(name)) }),
      words,
      done: () => limiter.leave(),
    };
  }

  #route(received: Received): HalfCall {
    const { origin, pathname, method } = received;
    const isOwn = this.#setting.version !== null;
    const [graphql, rest] = isOwn ? ["/api/graphql", "/api/v3"] : ["/graphql", ""];
    const place: Place = { api: origin + rest, web: isOwn ? origin : "https://github.com" };
    if (pathname === graphql && method === "POST") return this.#queries.read(received, place);
    const path = pathname.startsWith(`${rest}/`) ? pathname.slice(rest.length) : null;
    const known = path === null ? null : this.#rest.read(received, place, path);
    return known ?? this.#stranger(received);
  }

  #stranger(received: Received): HalfCall {
    const reply = callerOf(this.#setting.access, received) === null ? refuse(401) : refuse(404);
    return {
      endpoint: "unknown",
      kind: "unknown",
      who: null,
      task: null,
      violations: [`the fake does not know ${received.method} ${received.pathname}`],
      admit: () => reply,
      act: () => reply,
    };
  }
}

const isBefore = (version: string, major: number, minor: number): boolean => {
  const [a = 0, b = 0] = version.split(".").map(Number);
  return a < major || (a === major && b < minor);
};
