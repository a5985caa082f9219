import type { Project, ProjectItem } from "../world/model.ts";
import { fullName } from "../world/World.ts";
import { Unknown } from "./errors.ts";

type Test = (item: ProjectItem) => boolean;

/** A board's own filter: `status:"In Progress",Todo is:open -label:bug no:assignee words`. */
export const boardFilter = (project: Project, query: string): Test => {
  const tests = [...query.matchAll(/(-?)(?:([\w-]+):)?((?:"[^"]*"|[^\s"])+)/g)].map((found) => {
    const [, minus, key, text = ""] = found;
    const values = splitValues(text);
    const test = key === undefined ? byTitle(values) : byKey(project, key.toLowerCase(), values);
    return minus === "-" ? (item: ProjectItem) => !test(item) : test;
  });
  return (item) => tests.every((test) => test(item));
};

const splitValues = (text: string): ReadonlyArray<string> =>
  (text.match(/"[^"]*"|[^,"]+/g) ?? []).map((value) => value.replaceAll('"', "").toLowerCase());

const byTitle =
  (values: ReadonlyArray<string>): Test =>
  ({ content }) =>
    values.some((value) => content.title.toLowerCase().includes(value));

const byKey = (project: Project, key: string, values: ReadonlyArray<string>): Test => {
  if (key === "is") return (item) => values.some((value) => isKind(item, value));
  if (key === "no")
    return (item) => values.some((value) => valuesOf(project, item, value).length === 0);
  if (key === "has")
    return (item) => values.some((value) => valuesOf(project, item, value).length > 0);
  return (item) =>
    valuesOf(project, item, key).some((found) => values.includes(found.toLowerCase()));
};

const isKind = ({ content, isArchived }: ProjectItem, kind: string): boolean => {
  const issue = content.kind === "Issue" ? content : null;
  switch (kind) {
    case "open":
      return issue === null || issue.isOpen;
    case "closed":
      return issue !== null && !issue.isOpen;
    case "merged":
      return issue !== null && issue.pull !== null && issue.pull.mergedAt !== null;
    case "issue":
      return issue !== null && issue.pull === null;
    case "pr":
      return issue !== null && issue.pull !== null;
    case "draft":
      return issue === null || issue.pull?.isDraft === true;
    case "archived":
      return isArchived;
    default:
      throw new Unknown(`board filter is:${kind}`);
  }
};

/** What an item has under a key, which is a field's name with hyphens for spaces. */
const valuesOf = (
  project: Project,
  { content, values }: ProjectItem,
  key: string,
): ReadonlyArray<string> => {
  const issue = content.kind === "Issue" ? content : null;
  switch (key) {
    case "label":
      return issue?.labels.map(({ name }) => name) ?? [];
    case "assignee":
      return issue?.assignees.map(({ login }) => login) ?? [];
    case "repo":
      return issue === null ? [] : [fullName(issue.repo)];
    case "milestone":
      return issue?.milestone ? [issue.milestone.title] : [];
    case "type":
      return issue?.type ? [issue.type.name] : [];
  }
  const field = project.fields.find(({ name }) => name.toLowerCase().replaceAll(" ", "-") === key);
  if (field === undefined) throw new Unknown(`board filter ${key}:`);
  const value = values.get(field.name);
  return value === undefined ? [] : [String(value)];
};
