import { Audit } from "../shared/Audit.ts";
import * as Clock from "../shared/Clock.ts";
import { type FaultRule, Faults } from "../shared/Faults.ts";
import * as Server from "../shared/Server.ts";
import { Judge } from "./Judge.ts";
import { GitHubService } from "./GitHubService.ts";
import { Limiter, type Limits, type Resource } from "./Limits.ts";
import { checkFaults, checkLimits, checkWorld } from "./settings.ts";
import { Access, anonymous, type Token } from "./world/Access.ts";
import { buildWorld } from "./world/build.ts";
import { People } from "./world/People.ts";
import type { TokenInput, WorldInput } from "./world/input.ts";
import { settle } from "./world/settle.ts";
import type { World } from "./world/World.ts";

export { everyFault } from "./everyFault.ts";
export { many, type Many } from "./world/many.ts";
export type { Limits } from "./Limits.ts";
export type { CommentReport, LabelReport, MergeReport } from "./Judge.ts";
export type { Deed } from "./world/deeds.ts";
export type * from "./world/input.ts";

/** How to set up the fake; everything has a default. */
export interface GitHubOptions {
  readonly world?: WorldInput;
  readonly faults?: ReadonlyArray<FaultRule>;
  readonly limits?: Limits;
  readonly clock?: Clock.Clock;
  /** The same seed and the same requests give the same answers. */
  readonly seed?: number;
  readonly port?: number;
  /** A file that gets a line of JSON for every request. */
  readonly auditFile?: string;
  /** Seconds that every request takes. */
  readonly latency?: number;
  /** A server of one's own, `{ version: "3.17" }`, under `/api/v3` and `/api/graphql`. */
  readonly server?: { readonly version: string };
}

/** A fake that runs. */
export interface GitHub {
  readonly url: string;
  /** The base of REST: the URL, or `…/api/v3` of a server of one's own. */
  readonly api: string;
  readonly port: number;
  /** The same fake without a network; see `Server.fetch`. */
  readonly fetch: typeof fetch;
  /** A token that works, the first of those given. */
  readonly token: string;
  readonly clock: Clock.Clock;
  readonly audit: Audit;
  readonly faults: Faults;
  /** Changes the world, as people do. */
  readonly people: People;
  /** Says what came of it all. */
  readonly judge: Judge;
  /** The world itself as it is by now, to look at. */
  readonly world: World;
  readonly tokens: {
    readonly add: (token: TokenInput) => void;
    readonly revoke: (token: string) => void;
  };
  readonly limits: {
    /** Changes limits, or the form of refusals, from now on. */
    readonly set: (limits: Limits) => void;
    /** Leaves a token, the first by default, no points until its hour is over. */
    readonly exhaust: (resource: Resource, token?: string) => void;
  };
  /** What is wrong with what was asked or answered, a sentence each; empty when nothing is. */
  readonly violations: () => ReadonlyArray<string>;
  readonly summary: () => Summary;
  readonly close: () => Promise<void>;
}

export interface Summary {
  /** By endpoint, and by operation name for GraphQL. */
  readonly requests: Readonly<Record<string, number>>;
  /** Points that were taken, by the same names. */
  readonly costs: Readonly<Record<string, number>>;
  readonly points: Readonly<Record<Resource, number>>;
  readonly notModified: number;
  /** Requests that a limit refused. */
  readonly refused: number;
  /** The most requests at once. */
  readonly highWater: number;
  /** What clients did to the world, by kind. */
  readonly deeds: Readonly<Record<string, number>>;
  /** Pull requests in the order in which they were merged. */
  readonly merges: ReadonlyArray<string>;
  readonly forbidden: ReadonlyArray<string>;
  readonly violations: ReadonlyArray<string>;
}

const defaultToken: TokenInput = {
  token: "fake-github-token",
  kind: "classic",
  user: "operator",
  scopes: ["repo", "read:org", "read:project"],
};

/** Without a world: one user, who owns an organisation's repository `acme/shop` without issues. */
const defaultRepos = [{ name: "acme/shop", permissions: { operator: "admin" as const } }];

/** Starts a fake on loopback. Fails, with the place of the mistake, on a world or rule that makes no sense. */
export const make = async (options: GitHubOptions = {}): Promise<GitHub> => {
  const { clock = Clock.real(), seed = 1, world: input = {} } = options;
  const maker = buildWorld({ repos: defaultRepos, ...checkWorld(input) }, clock);
  const { world } = maker;
  world.deeds.length = 0;
  const tokens = input.tokens ?? [defaultTokenOf(world)];
  const access = new Access(world, { tokens, apps: input.apps ?? [] });
  const limiter = new Limiter(checkLimits(options.limits ?? {}), clock);
  const faults = new Faults(checkFaults(options.faults ?? []), seed);
  const audit = new Audit(options.auditFile ?? null);
  world.watch = (deed) => audit.write({ deed });
  const { server = null, port = 0, latency = 0 } = options;
  const judge = new Judge(maker);
  const service = new GitHubService({ access, maker, limiter, server });
  const started = await Server.start({ service, faults, audit, clock, port, latency });
  const summary = (): Summary => ({
    requests: countByEndpoint(audit),
    costs: { ...limiter.costs },
    points: { ...limiter.points },
    notModified: limiter.notModified,
    refused: limiter.refused,
    highWater: limiter.highWater,
    deeds: countByDeed(world),
    merges: judge.merges().map(({ pull }) => pull),
    forbidden: judge.forbidden(),
    violations: audit.violations(),
  });
  const token = tokens[0]?.token ?? "";
  const find = (text = token): Token => access.find(text) ?? anonymous;
  return {
    ...started,
    api: server === null ? started.url : `${started.url}/api/v3`,
    token,
    clock,
    audit,
    faults,
    get world() {
      settle(maker);
      return world;
    },
    summary,
    people: new People(maker),
    judge,
    tokens: {
      add: (added) => access.add(added),
      revoke: (text) => access.revoke(text),
    },
    limits: {
      set: (limits) => limiter.set(checkLimits(limits)),
      exhaust: (resource, text) => limiter.exhaust(find(text), resource),
    },
    violations: () => audit.violations(),
  };
};

const defaultTokenOf = (world: World): TokenInput => {
  const user = world.accounts.find(({ kind }) => kind === "User")?.login ?? "operator";
  return { ...defaultToken, user } as TokenInput;
};

const countByDeed = ({ deeds }: World): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { what, isApi } of deeds) if (isApi) counts[what] = (counts[what] ?? 0) + 1;
  return counts;
};

const countByEndpoint = ({ entries }: Audit): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { endpoint } of entries) counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  return counts;
};
