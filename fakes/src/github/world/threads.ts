import type { Maker } from "./Maker.ts";
import type { Comment, Issue, Label } from "./model.ts";
import type { Doing } from "./moments.ts";
import { referenceOf } from "./World.ts";

/** What becomes of the comments and labels of an issue, by whomever. */
export const touch = (issue: Issue, at: number): void => {
  issue.updatedAt = Math.max(issue.updatedAt, at);
};

export const writeComment = (maker: Maker, issue: Issue, body: string, doing: Doing): Comment => {
  const { actor, at } = maker.doing(doing);
  const comment = maker.comment(issue, { body, by: actor.login, at });
  touch(issue, at);
  maker.did("comment.created", doing, referenceOf(issue), { id: comment.id, body });
  return comment;
};

export const editComment = (maker: Maker, comment: Comment, body: string, doing: Doing): void => {
  const { actor, at } = maker.doing(doing);
  comment.former.push(comment.body);
  Object.assign(comment, { body, updatedAt: at, lastEditedAt: at, editor: actor });
  maker.did("comment.edited", doing, referenceOf(comment.issue), {
    id: comment.id,
    body,
    author: comment.author?.login ?? null,
  });
};

export const deleteComment = (maker: Maker, comment: Comment, doing: Doing): void => {
  const { issue, id, body, author } = comment;
  issue.comments.splice(issue.comments.indexOf(comment), 1);
  maker.world.drop(comment);
  touch(issue, maker.doing(doing).at);
  maker.did("comment.deleted", doing, referenceOf(issue), {
    id,
    body,
    author: author?.login ?? null,
  });
};

/** Sets a label, made if need be, and says whether it was not set before. */
export const addLabel = (maker: Maker, issue: Issue, name: string, doing: Doing): boolean => {
  if (!maker.setLabel(issue, name, doing)) return false;
  touch(issue, maker.doing(doing).at);
  maker.did("label.added", doing, referenceOf(issue), { label: name });
  return true;
};

export const removeLabel = (maker: Maker, issue: Issue, label: Label, doing: Doing): void => {
  const { actor, at } = maker.doing(doing);
  issue.labels.splice(issue.labels.indexOf(label), 1);
  maker.happened(issue, "UnlabeledEvent", { actor, at }, { label });
  touch(issue, at);
  maker.did("label.removed", doing, referenceOf(issue), { label: label.name });
};

/** Leaves an issue exactly these labels. */
export const setLabels = (
  maker: Maker,
  issue: Issue,
  names: ReadonlyArray<string>,
  doing: Doing,
): void => {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  for (const label of issue.labels.filter(({ name }) => !wanted.has(name.toLowerCase())))
    removeLabel(maker, issue, label, doing);
  for (const name of names) addLabel(maker, issue, name, doing);
};

export const findLabel = (labels: ReadonlyArray<Label>, name: string): Label | undefined =>
  labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
