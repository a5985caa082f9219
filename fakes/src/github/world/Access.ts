import type { AppInput, Level, TokenInput } from "./input.ts";
import { toTime } from "./moments.ts";
import type { Account, Issue, Permission, Project, Repo } from "./model.ts";
import { permissionOf, type World } from "./World.ts";

export type TokenKind = TokenInput["kind"] | "installation" | "anonymous";

/** A token that is known, with what it may do. */
export interface Token {
  readonly token: string;
  readonly kind: TokenKind;
  /** Whose rights it has; an integration has its own. */
  readonly user: Account | null;
  readonly scopes: ReadonlyArray<string>;
  readonly permissions: Readonly<Record<string, Level>>;
  /** `null`: every one that the user, or the owner of the installation, has. */
  readonly repos: ReadonlySet<Repo> | null;
  /** Of an installation. */
  readonly owner: Account | null;
  readonly expiresAt: number | null;
}

/** Who calls without a token. */
export const anonymous: Token = {
  token: "",
  kind: "anonymous",
  user: null,
  scopes: [],
  permissions: {},
  repos: null,
  owner: null,
  expiresAt: null,
};

/** What was asked of an area, as `x-accepted-github-permissions` names it. */
export interface Need {
  readonly area: string;
  readonly level: Level;
}

const order: ReadonlyArray<Permission> = ["none", "read", "triage", "write", "maintain", "admin"];

export const isAtLeast = (found: Permission, wanted: Permission): boolean =>
  order.indexOf(found) >= order.indexOf(wanted);

/** What tokens may see and do. */
export class Access {
  readonly world: World;
  readonly apps: ReadonlyArray<AppInput>;
  readonly #tokens = new Map<string, Token>();

  constructor(
    world: World,
    { tokens, apps }: { tokens: ReadonlyArray<TokenInput>; apps: ReadonlyArray<AppInput> },
  ) {
    this.world = world;
    this.apps = apps;
    for (const token of tokens) this.add(token);
  }

  add(input: TokenInput): void {
    this.grant(toToken(this.world, input));
  }

  grant(token: Token): void {
    this.#tokens.set(token.token, token);
  }

  revoke(token: string): void {
    this.#tokens.delete(token);
  }

  /** `null` for one that is not known or has expired. */
  find(text: string): Token | null {
    const token = this.#tokens.get(text) ?? null;
    const hasExpired = (token?.expiresAt ?? Infinity) <= this.world.clock.now();
    return hasExpired ? null : token;
  }

  /** Whether the repository exists for the token at all. */
  canSee(token: Token, repo: Repo): boolean {
    if (!repo.isPrivate) return true;
    if (token.kind === "anonymous") return false;
    if (token.kind === "classic" && !token.scopes.includes("repo")) return false;
    if (token.kind === "actions") return token.repos?.has(repo) === true;
    if (token.kind === "installation" && token.owner !== repo.owner) return false;
    if (token.repos !== null && !token.repos.has(repo)) return false;
    return token.user === null || permissionOf(token.user, repo) !== "none";
  }

  /** Whether the token has the permission in a repository that it sees; what is public may be read. */
  may(token: Token, repo: Repo, need: Need): boolean {
    if (!this.canSee(token, repo)) return false;
    if (!repo.isPrivate && need.level === "read") return true;
    if (token.kind === "classic")
      return isAtLeast(permissionOf(token.user, repo), need.level === "read" ? "read" : "write");
    return covers(token, need);
  }

  canSeeIssue(token: Token, issue: Issue): boolean {
    const area = issue.pull === null ? "issues" : "pull_requests";
    return this.may(token, issue.repo, { area, level: "read" });
  }

  /** `scope` and `permission`: the token is of no use for boards, whichever it is. */
  project(token: Token, project: Project): "yes" | "no" | "scope" | "permission" {
    const isOrg = project.owner.kind === "Organization";
    if (token.kind === "classic") {
      const fits = token.scopes.some((scope) => scope === "read:project" || scope === "project");
      if (!fits) return "scope";
      const isInside = project.owner === token.user || project.owner.members.has(token.user!);
      return isInside || project.isPublic ? "yes" : "no";
    }
    const isAlien = token.kind === "actions" || token.kind === "anonymous" || !isOrg;
    if (isAlien) return "permission";
    if (!covers(token, { area: "organization_projects", level: "read" })) return "permission";
    const isInside = token.owner === project.owner || project.owner.members.has(token.user!);
    return isInside || project.isPublic ? "yes" : "no";
  }
}

/** Metadata can be read by every token. */
const covers = ({ permissions }: Token, { area, level }: Need): boolean => {
  if (area === "metadata" && level === "read") return true;
  const found = permissions[area];
  return found !== undefined && (level === "read" || found !== "read");
};

const toToken = (world: World, input: TokenInput): Token => {
  const { token, kind } = input;
  const expiresAt = input.expiresAt === undefined ? null : toTime(input.expiresAt);
  const base = { token, kind, expiresAt, owner: null, scopes: [], permissions: {}, repos: null };
  if (kind === "classic") return { ...base, user: userOf(world, input.user), scopes: input.scopes };
  if (kind === "actions") {
    const { permissions = { contents: "read", metadata: "read" } } = input;
    return { ...base, user: null, permissions, repos: reposOf(world, [input.repo]) };
  }
  const user = userOf(world, input.user);
  const repos = input.repos === undefined ? null : reposOf(world, input.repos);
  return { ...base, user, permissions: input.permissions, repos };
};

const userOf = (world: World, login: string): Account => {
  const found = world.account(login);
  if (found !== null) return found;
  throw new Error(`the world of the fake: a token belongs to ${login}, who is not there`);
};

export const reposOf = (world: World, names: ReadonlyArray<string>): ReadonlySet<Repo> =>
  new Set(
    names.map((name) => {
      const repo = world.repo(name);
      if (repo !== null) return repo;
      throw new Error(`the world of the fake: a token names ${name}, which is not there`);
    }),
  );
