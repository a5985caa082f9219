import { closeIssue } from "./closing.ts";
import type { IssueInput, SetLabelInput } from "./input.ts";
import type { Maker } from "./Maker.ts";
import type { Issue, Repo } from "./model.ts";
import { type Doing, toTime } from "./moments.ts";
import { tieClosed } from "./merge.ts";
import { fullName } from "./World.ts";

/** Opens an issue with all that has befallen it, but without its relations to others. */
export const openIssue = (maker: Maker, repo: Repo, input: IssueInput): Issue => {
  const { world } = maker;
  const number = input.number ?? repo.lastNumber + 1;
  if (repo.issues.has(number)) throw new Error(`${fullName(repo)}#${number} is there twice`);
  const createdAt = input.createdAt === undefined ? world.clock.now() : toTime(input.createdAt);
  const author = maker.author(input.author);
  const pull =
    input.pull === undefined ? null : maker.pull(input.pull, number, repo, author, createdAt);
  const issue: Issue = world.keep({
    kind: "Issue",
    ...world.mint("Issue", pull === null ? "I" : "PR"),
    repo,
    number,
    createdAt,
    pull,
    title: input.title ?? `${pull === null ? "Issue" : "Pull request"} ${number}`,
    body: input.body ?? null,
    author,
    association: input.association ?? null,
    assignees: (input.assignees ?? []).map((login) => maker.account(login)),
    milestone: input.milestone === undefined ? null : maker.milestone(repo, input.milestone),
    type: input.type === undefined ? null : maker.type(repo, input.type),
    isLocked: input.locked ?? false,
    updatedAt: createdAt,
    ...fresh(),
  });
  repo.issues.set(number, issue);
  repo.lastNumber = Math.max(repo.lastNumber, number);
  live(maker, issue, input);
  return issue;
};

/** What every issue begins with. */
const fresh = () => ({
  isOpen: true,
  stateReason: null,
  closedAt: null,
  closedBy: null,
  lastEditedAt: null,
  editor: null,
  parent: null,
  labels: [],
  comments: [],
  blockedBy: [],
  blocking: [],
  subIssues: [],
  events: [],
  items: [],
  closers: [],
});

const live = (maker: Maker, issue: Issue, input: IssueInput): void => {
  const at = issue.createdAt;
  for (const label of input.labels ?? []) {
    const { name, ...doing } = toLabel(label, at);
    maker.setLabel(issue, name, doing);
  }
  for (const each of input.unlabeled ?? []) {
    const { name, ...doing } = toLabel(each, at);
    const label = maker.label(issue.repo, name);
    maker.happened(issue, "LabeledEvent", maker.doing(doing), { label });
    maker.happened(issue, "UnlabeledEvent", maker.doing(doing), { label });
  }
  for (const comment of input.comments ?? []) maker.comment(issue, comment, at);
  for (const { from, ...doing } of input.renamed ?? [])
    maker.happened(issue, "RenamedTitleEvent", maker.doing(doing), { from, to: issue.title });
  if (input.edited !== undefined) {
    const { actor, at: when } = maker.doing(input.edited);
    Object.assign(issue, { lastEditedAt: when, editor: actor });
  }
  const isMerged = issue.pull !== null && issue.pull.mergedAt !== null;
  if (input.state === "closed" || isMerged) closeIssue(maker, issue, { at }, input.stateReason);
  issue.updatedAt = input.updatedAt === undefined ? lastChange(issue) : toTime(input.updatedAt);
};

/** Ties an issue to the others that it names. */
export const relate = (maker: Maker, issue: Issue, input: IssueInput): void => {
  const other = (name: string) =>
    maker.issue(name.startsWith("#") ? `${fullName(issue.repo)}${name}` : name);
  for (const name of input.blockedBy ?? []) link(issue, other(name));
  for (const name of input.subIssues ?? []) attach(other(name), issue);
  if (input.parent !== undefined) attach(issue, other(input.parent));
  const closes = typeof input.pull === "object" ? (input.pull.closes ?? []) : [];
  for (const closed of closes.map(other)) {
    issue.pull?.closes.push(closed);
    closed.closers.push(issue);
  }
  if (issue.pull !== null) tieClosed(maker, issue);
};

export const link = (blocked: Issue, blocking: Issue): void => {
  if (blocked.blockedBy.includes(blocking)) return;
  blocked.blockedBy.push(blocking);
  blocking.blocking.push(blocked);
};

export const unlink = (blocked: Issue, blocking: Issue): void => {
  remove(blocked.blockedBy, blocking);
  remove(blocking.blocking, blocked);
};

/** An issue has one parent at most. */
export const attach = (child: Issue, parent: Issue | null): void => {
  if (child.parent !== null) remove(child.parent.subIssues, child);
  child.parent = parent;
  parent?.subIssues.push(child);
};

const toLabel = (label: SetLabelInput, at: number): { name: string } & Doing =>
  typeof label === "string" ? { name: label, at } : { at, ...label };

const lastChange = (issue: Issue): number =>
  [...issue.events, ...issue.comments].reduce(
    (last, { createdAt }) => Math.max(last, createdAt),
    Math.max(issue.createdAt, issue.lastEditedAt ?? 0),
  );

const remove = <A>(list: Array<A>, item: A): void => {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
};
