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
  /** As whom an integration acts. */
  readonly bot: string | null;
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
  bot: null,
  expiresAt: null,
};

/** What was asked of an area, as `x-accepted-github-permissions` names it. */
export interface Need {
  readonly area: string;
  readonly level: Level;
  /** What the token's user must be in the repository; who may read reads, who may push writes. */
  readonly role?: Permission;
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
    if (need.level !== "read" && !reaches(token, repo)) return false;
    const { role = need.level === "read" ? "read" : "write" } = need;
    if (token.user !== null && !isAtLeast(permissionOf(token.user, repo), role)) return false;
    return token.kind === "classic" ? hasScope(token, repo, need) : covers(token, need);
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
      return isInside(token, project) || project.isPublic ? "yes" : "no";
    }
    const isAlien = token.kind === "actions" || token.kind === "anonymous" || !isOrg;
    if (isAlien) return "permission";
    if (!covers(token, { area: "organization_projects", level: "read" })) return "permission";
    return isInside(token, project) || project.isPublic ? "yes" : "no";
  }

  /** Whether the token may change the board. */
  mayChange(token: Token, project: Project): boolean {
    if (this.project(token, project) !== "yes" || !isInside(token, project)) return false;
    if (token.kind === "classic") return token.scopes.includes("project");
    return covers(token, { area: "organization_projects", level: "write" });
  }
}

/** Whether a token is for this repository; what is public it may read all the same. */
const reaches = (token: Token, repo: Repo): boolean =>
  token.kind !== "anonymous" &&
  (token.kind !== "installation" || token.owner === repo.owner) &&
  (token.repos === null || token.repos.has(repo));

const hasScope = ({ scopes }: Token, repo: Repo, { level }: Need): boolean =>
  level === "read" ||
  scopes.includes("repo") ||
  (!repo.isPrivate && scopes.includes("public_repo"));

const isInside = ({ user, owner }: Token, project: Project): boolean =>
  owner === project.owner ||
  (user !== null && (project.owner === user || project.owner.members.has(user)));

/** Metadata can be read by every token. */
const covers = ({ permissions }: Token, { area, level }: Need): boolean => {
  if (area === "metadata" && level === "read") return true;
  const found = permissions[area];
  return found !== undefined && (level === "read" || found !== "read");
};

const toToken = (world: World, input: TokenInput): Token => {
  const { token, kind } = input;
  const expiresAt = input.expiresAt === undefined ? null : toTime(input.expiresAt);
  const nobody = { owner: null, bot: null, scopes: [], permissions: {}, repos: null };
  const base = { token, kind, expiresAt, ...nobody };
  if (kind === "classic") return { ...base, user: userOf(world, input.user), scopes: input.scopes };
  if (kind === "actions") {
    const { permissions = { contents: "read", metadata: "read" } } = input;
    const repos = reposOf(world, [input.repo]);
    return { ...base, user: null, bot: "github-actions[bot]", permissions, repos };
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
