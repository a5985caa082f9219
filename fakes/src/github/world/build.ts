import type { Clock } from "../../shared/Clock.ts";
import { addProject } from "./board.ts";
import { bindChecks, startChecks } from "./checks.ts";
import { Disk } from "./Disk.ts";
import { Git } from "./Git.ts";
import type { OrgInput, RepoInput, UserInput, WorldInput } from "./input.ts";
import { Maker } from "./Maker.ts";
import type { Account, Merging, Repo } from "./model.ts";
import { openIssue, relate } from "./openIssue.ts";
import { toProtection } from "./protection.ts";
import { rootOf, tipOf } from "./pushes.ts";
import { receive } from "./receive.ts";
import { World } from "./World.ts";

const month = 30 * 86_400_000;

/** Makes a world of what was written down; it began a month before the fake does. */
export const buildWorld = (input: WorldInput, clock: Clock): Maker => {
  const maker = new Maker(new World(clock));
  for (const user of input.users ?? ["operator"]) addUser(maker.world, user);
  for (const org of input.orgs ?? []) addOrg(maker, org);
  const repos = (input.repos ?? []).map((repo) => ({ repo: addRepo(maker, repo), given: repo }));
  // An issue may name others anywhere, so all are there before any is tied.
  const opened = repos.flatMap(({ repo, given }) =>
    (given.issues ?? []).map((each, index) => {
      const createdAt = repo.createdAt + index * 60_000;
      return { issue: openIssue(maker, repo, { createdAt, ...each }), each };
    }),
  );
  for (const { issue, each } of opened) relate(maker, issue, each);
  for (const project of input.projects ?? []) addProject(maker, project, clock.now() - month);
  return maker;
};

const addUser = (world: World, input: string | UserInput): Account => {
  const given: UserInput = typeof input === "string" ? { login: input } : input;
  const kind = given.bot === true ? "Bot" : "User";
  return addAccount(world, kind, given.login, given.name ?? null);
};

const addOrg = (maker: Maker, input: string | OrgInput): Account => {
  const given: OrgInput = typeof input === "string" ? { login: input } : input;
  const org = addAccount(maker.world, "Organization", given.login, given.login);
  for (const login of given.members ?? []) org.members.add(maker.account(login));
  return org;
};

const addAccount = (
  world: World,
  kind: Account["kind"],
  login: string,
  name: string | null,
): Account =>
  world.addAccount({
    kind,
    ...world.mint(kind),
    login,
    name,
    createdAt: world.clock.now() - month,
    members: new Set(),
    projects: [],
  });

const everyWay: Merging = {
  merge: true,
  squash: true,
  rebase: true,
  auto: true,
  deleteBranch: false,
  mergeableSeconds: 2,
  raceSeconds: 0,
};

const addRepo = (maker: Maker, input: RepoInput): Repo => {
  const { world } = maker;
  const [login = "", name = ""] = input.name.split("/");
  const owner = world.account(login) ?? addOrg(maker, login);
  const granted = Object.entries(input.permissions ?? {});
  const repo: Repo = {
    kind: "Repository",
    ...world.mint("Repository"),
    owner,
    name,
    createdAt: world.clock.now() - month,
    isPrivate: input.private ?? false,
    isArchived: input.archived ?? false,
    hasIssues: input.issuesDisabled !== true,
    defaultBranch: "main",
    permissions: new Map(granted.map(([user, level]) => [maker.account(user), level])),
    labels: [],
    milestones: [],
    types: [],
    issues: new Map(),
    lastNumber: 0,
    git: new Git(input.git === undefined ? null : new Disk(input.git)),
    refusesCustomRefs: input.refusesCustomRefs ?? false,
    merging: { ...everyWay, ...input.merging },
    protections: new Map(
      Object.entries(input.protection ?? {}).map(([branch, rule]) => [branch, toProtection(rule)]),
    ),
    checks: new Map(),
    headChecks: input.checks ?? [],
    baseChecks: input.baseChecks ?? [],
    movedAt: new Map(),
    queueSince: new Map(),
  };
  bindChecks(repo, world);
  receive(maker, repo);
  if (input.empty !== true) {
    startChecks(repo, rootOf(repo), repo.baseChecks, repo.createdAt);
    for (const branch of repo.protections.keys()) tipOf(repo, branch);
  }
  world.addRepo(repo, input.formerly ?? []);
  for (const label of input.labels ?? []) {
    const given = typeof label === "string" ? { name: label } : label;
    maker.label(repo, given.name, given);
  }
  for (const milestone of input.milestones ?? []) {
    const given = typeof milestone === "string" ? { title: milestone } : milestone;
    maker.milestone(repo, given.title, given);
  }
  return repo;
};
