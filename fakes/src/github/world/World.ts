import type { Clock } from "../../shared/Clock.ts";
import type { Deed } from "./deeds.ts";
import type { Account, Association, Issue, Node, Permission, Project, Repo } from "./model.ts";

/** Node ids begin with what they are of, as the service's do. */
const prefixes: Readonly<Record<Node["kind"], string>> = {
  User: "U",
  Organization: "O",
  Bot: "BOT",
  Repository: "R",
  Label: "LA",
  Milestone: "MI",
  IssueType: "IT",
  Issue: "I",
  IssueComment: "IC",
  Event: "LE",
  Field: "PVTF",
  DraftIssue: "DI",
  ProjectV2Item: "PVTI",
  ProjectV2: "PVT",
  PullRequestReview: "PRR",
  PullRequestReviewComment: "PRRC",
  CheckRun: "CR",
  StatusContext: "SC",
  QueueEntry: "MQE",
};

const nodeIdOf = (prefix: string, id: number): string => `${prefix}_kwDO${id.toString(36)}`;

/** Everything there is, and the ways to find it. */
export class World {
  readonly accounts: Array<Account> = [];
  readonly repos: Array<Repo> = [];
  readonly projects: Array<Project> = [];
  readonly clock: Clock;
  /** All that was done to it since the fake began. */
  readonly deeds: Array<Deed> = [];
  /** Pull requests that the service merges by itself once it may. */
  readonly pending = new Set<Issue>();
  /** Until when it has done so. */
  settledAt = 0;
  /** The moment to which the world has come, while what was before now is made up for; else now. */
  horizon: number | null = null;
  /** What another service does to this world first, before anybody looks. */
  prepare: () => void = () => undefined;
  /** Told of each deed. */
  watch: (deed: Deed) => void = () => undefined;
  readonly #nodes = new Map<string, Node>();
  readonly #logins = new Map<string, Account>();
  readonly #repoNames = new Map<string, Repo>();
  #lastId = 5_649_000_000;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** A new id, and the node id that goes with it. */
  mint(kind: Node["kind"], prefix = prefixes[kind]): { id: number; nodeId: string } {
    this.#lastId += 7;
    return { id: this.#lastId, nodeId: nodeIdOf(prefix, this.#lastId) };
  }

  record(deed: Deed): void {
    this.deeds.push(deed);
    this.watch(deed);
  }

  /** Makes a thing findable by its node id. */
  keep<A extends Node>(node: A): A {
    this.#nodes.set(node.nodeId, node);
    return node;
  }

  /** Makes it unfindable again. */
  drop({ nodeId }: Node): void {
    this.#nodes.delete(nodeId);
  }

  node(nodeId: string): Node | null {
    return this.#nodes.get(nodeId) ?? null;
  }

  /** By its number, which is of use for some kinds only. */
  numbered<A extends Node["kind"]>(kind: A, id: number): Extract<Node, { kind: A }> | null {
    const node = this.#nodes.get(nodeIdOf(prefixes[kind], id));
    return node?.kind === kind ? (node as Extract<Node, { kind: A }>) : null;
  }

  addAccount(account: Account): Account {
    this.accounts.push(account);
    this.#logins.set(account.login.toLowerCase(), account);
    return this.keep(account);
  }

  account(login: string): Account | null {
    return this.#logins.get(login.toLowerCase()) ?? null;
  }

  addRepo(repo: Repo, formerly: ReadonlyArray<string>): Repo {
    this.repos.push(repo);
    for (const name of [...formerly, fullName(repo)]) this.#repoNames.set(name.toLowerCase(), repo);
    return this.keep(repo);
  }

  /** Under its name or a former one. */
  repo(name: string): Repo | null {
    return this.#repoNames.get(name.toLowerCase()) ?? null;
  }

  repoById(id: number): Repo | null {
    return this.repos.find((repo) => repo.id === id) ?? null;
  }

  rename(repo: Repo, name: string): void {
    repo.name = name;
    this.#repoNames.set(fullName(repo).toLowerCase(), repo);
  }

  /** `owner/repo#1`. */
  issue(reference: string): Issue | null {
    const [name = "", number] = reference.split("#");
    return this.repo(name)?.issues.get(Number(number)) ?? null;
  }

  project(owner: Account, number: number): Project | null {
    return owner.projects.find((project) => project.number === number) ?? null;
  }
}

export const fullName = (repo: Repo): string => `${repo.owner.login}/${repo.name}`;

/** `owner/repo#1`. */
export const referenceOf = (issue: Issue): string => `${fullName(issue.repo)}#${issue.number}`;

export const permissionOf = (user: Account | null, repo: Repo): Permission => {
  if (user === null) return repo.isPrivate ? "none" : "read";
  if (user === repo.owner) return "admin";
  const given = repo.permissions.get(user);
  if (given !== undefined) return given;
  if (repo.owner.members.has(user)) return "read";
  return repo.isPrivate ? "none" : "read";
};

/** What an author is to the repository, unless the world says otherwise. */
export const associationOf = (
  { author, association }: { author: Account | null; association: Association | null },
  repo: Repo,
): Association => {
  if (association !== null) return association;
  if (author === null) return "NONE";
  if (author === repo.owner) return "OWNER";
  if (repo.owner.members.has(author)) return "MEMBER";
  return repo.permissions.has(author) ? "COLLABORATOR" : "NONE";
};
