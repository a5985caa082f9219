import { toText } from "../rest/place.ts";
import { notAccessible } from "../refusals.ts";
import type {
  Choice,
  Draft,
  Field,
  Issue,
  Iteration,
  Project,
  ProjectItem,
} from "../world/model.ts";
import { boardFilter } from "./boardFilter.ts";
import { type Args, connect, isGiven } from "./connection.ts";
import { failure, Unknown } from "./errors.ts";
import { type Context, type Fields, isVisible } from "./fields.ts";

export const scopeWords = (field: string, scope: string, scopes: ReadonlyArray<string>): string =>
  `Your token has not been granted the required scopes to execute this query. The '${field}' field requires one of the following scopes: ['${scope}'], but your token has only been granted the: [${scopes.map((each) => `'${each}'`).join(", ")}] scopes. Please modify your token's scopes at: https://github.com/settings/tokens.`;

/** Fails for a classic token that may not see boards at all. */
export const checkBoards = ({ token }: Context, field: string): void => {
  const isMissing =
    token.kind === "classic" &&
    !token.scopes.some((scope) => scope === "read:project" || scope === "project");
  if (isMissing)
    throw failure("INSUFFICIENT_SCOPES", scopeWords(field, "read:project", token.scopes));
};

/** The board, or why the token does not get it. */
export const findProject = (context: Context, project: Project | null, number: number): Project => {
  checkBoards(context, "projectV2");
  const { access, token } = context;
  const judged = project === null ? "no" : access.project(token, project);
  if (judged === "permission") throw failure("FORBIDDEN", notAccessible(token.kind));
  if (judged === "yes" && project !== null) return project;
  throw failure("NOT_FOUND", `Could not resolve to a ProjectV2 with the number ${number}.`);
};

const boardUrl = ({ owner, number }: Project): string =>
  `/${owner.kind === "Organization" ? "orgs" : "users"}/${owner.login}/projects/${number}`;

export const projectFields: Fields<Project> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  fullDatabaseId: ({ id }) => String(id),
  number: ({ number }) => number,
  title: ({ title }) => title,
  shortDescription: () => null,
  readme: () => null,
  url: (project, _args, { place }) => `${place.web}${boardUrl(project)}`,
  resourcePath: (project) => boardUrl(project),
  public: ({ isPublic }) => isPublic,
  closed: ({ isClosed }) => isClosed,
  closedAt: ({ isClosed, updatedAt }) => (isClosed ? toText(updatedAt) : null),
  template: () => false,
  owner: ({ owner }) => owner,
  creator: ({ creator }) => creator,
  createdAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ updatedAt }) => toText(updatedAt),
  field: ({ fields }, { name }) => fields.find((field) => isCalled(field, name)) ?? null,
  fields: ({ fields }, args) => connect(fields, args, "fields"),
  items: (project, args) => {
    const { query } = args;
    const test = typeof query === "string" && query !== "" ? boardFilter(project, query) : null;
    const items = test === null ? project.items : project.items.filter(test);
    return connect(items, args, "items");
  },
};

const isCalled = (field: Field, name: unknown): boolean =>
  field.name.toLowerCase() === String(name).toLowerCase();

export const fieldFields: Fields<Field> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  name: ({ name }) => name,
  dataType: ({ dataType }) => dataType,
  project: ({ project }) => project,
  createdAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ createdAt }) => toText(createdAt),
  options: ({ choices }, { names }) =>
    choices
      .filter(({ name }) => !isGiven(names) || (names as ReadonlyArray<string>).includes(name))
      .map(showChoice),
  configuration: ({ iterations }) => ({
    duration: iterations[0]?.duration ?? 14,
    startDay: 1,
    iterations: iterations.filter(({ isCompleted }) => !isCompleted).map(showIteration),
    completedIterations: iterations.filter(({ isCompleted }) => isCompleted).map(showIteration),
  }),
};

const showChoice = ({ id, name }: Choice) => ({
  id,
  name,
  nameHTML: name,
  color: "GRAY",
  description: "",
  descriptionHTML: "",
});

const showIteration = ({ id, title, startDate, duration }: Iteration) => ({
  id,
  title,
  titleHTML: title,
  startDate,
  duration,
});

/** What the viewer may see of a card; the content of a redacted one is `null`. */
const contentOf = (item: ProjectItem, context: Context): Issue | Draft | null => {
  const { content } = item;
  if (item.isRedacted) return null;
  return content.kind === "Issue" && !isVisible(context)(content) ? null : content;
};

const typeOf = (item: ProjectItem, context: Context): string => {
  const content = contentOf(item, context);
  if (content === null) return "REDACTED";
  if (content.kind === "DraftIssue") return "DRAFT_ISSUE";
  return content.pull === null ? "ISSUE" : "PULL_REQUEST";
};

export const itemFields: Fields<ProjectItem> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ id }) => id,
  fullDatabaseId: ({ id }) => String(id),
  type: (item, _args, context) => typeOf(item, context),
  content: (item, _args, context) => contentOf(item, context),
  isArchived: ({ isArchived }) => isArchived,
  project: ({ project }) => project,
  creator: ({ creator }) => creator,
  createdAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ updatedAt }) => toText(updatedAt),
  fieldValueByName: (item, { name }, context) => {
    const field = item.project.fields.find((each) => isCalled(each, name));
    return field === undefined ? null : valueOf(item, field, context);
  },
  fieldValues: (item, args, context) => {
    const values = item.project.fields.flatMap((field) => valueOf(item, field, context) ?? []);
    return connect(values, args, "fieldValues");
  },
};

/** A value of a card, under the name of its type in GraphQL. */
export interface Value {
  readonly kind: "Value";
  readonly type: string;
  readonly nodeId: string;
  readonly item: ProjectItem;
  readonly field: Field;
  readonly shown: Readonly<Record<string, unknown>>;
}

const valueOf = (item: ProjectItem, field: Field, context: Context): Value | null => {
  const content = contentOf(item, context);
  const found = content === null ? null : shownOf(item, content, field);
  if (found === null) return null;
  const [type, shown] = found;
  const nodeId = `PVTFV_${item.id.toString(36)}${field.id.toString(36)}`;
  return { kind: "Value", type: `ProjectV2ItemField${type}Value`, nodeId, item, field, shown };
};

type Shown = readonly [string, Readonly<Record<string, unknown>>] | null;

const shownOf = (item: ProjectItem, content: Issue | Draft, field: Field): Shown => {
  const issue = content.kind === "Issue" ? content : null;
  const given = item.values.get(field.name);
  switch (field.dataType) {
    case "TITLE":
      return ["Text", { text: content.title }];
    case "ASSIGNEES":
      return list("User", "users", issue?.assignees);
    case "LABELS":
      return list("Label", "labels", issue?.labels);
    case "LINKED_PULL_REQUESTS":
      return list("PullRequest", "pullRequests", issue?.closers);
    case "MILESTONE":
      return issue?.milestone ? ["Milestone", { milestone: issue.milestone }] : null;
    case "REPOSITORY":
      return issue === null ? null : ["Repository", { repository: issue.repo }];
    case "TEXT":
      return given === undefined ? null : ["Text", { text: String(given) }];
    case "NUMBER":
      return given === undefined ? null : ["Number", { number: Number(given) }];
    case "DATE":
      return given === undefined ? null : ["Date", { date: given }];
    case "SINGLE_SELECT":
      return choice(field.choices.find(({ name }) => name === given));
    case "ITERATION":
      return iteration(field.iterations.find(({ title }) => title === given));
    case "REVIEWERS":
    case "PARENT_ISSUE":
    case "SUB_ISSUES_PROGRESS":
      return null;
  }
};

const list = (type: string, name: string, items: ReadonlyArray<unknown> = []): Shown =>
  items.length === 0 ? null : [type, { [name]: items }];

const choice = (found: Choice | undefined): Shown => {
  if (found === undefined) return null;
  const { id, ...shown } = showChoice(found);
  return ["SingleSelect", { ...shown, optionId: id }];
};

const iteration = (found: Iteration | undefined): Shown => {
  if (found === undefined) return null;
  const { id, ...shown } = showIteration(found);
  return ["Iteration", { ...shown, iterationId: id }];
};

const lists = new Set(["users", "labels", "pullRequests"]);

/** A field of a value; which there are depends on its type. */
export const valueField = (value: Value, name: string, args: Args): unknown => {
  switch (name) {
    case "id":
      return value.nodeId;
    case "databaseId":
      return value.item.id;
    case "field":
      return value.field;
    case "item":
      return value.item;
    case "creator":
      return value.item.creator;
    case "createdAt":
      return toText(value.item.createdAt);
    case "updatedAt":
      return toText(value.item.updatedAt);
  }
  const shown = value.shown[name];
  if (shown === undefined) throw new Unknown(`field ${name} of ${value.type}`);
  return lists.has(name) ? connect(shown as ReadonlyArray<unknown>, args, name) : shown;
};

export const draftFields: Fields<Draft> = {
  id: ({ nodeId }) => nodeId,
  title: ({ title }) => title,
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  creator: ({ creator }) => creator,
  createdAt: ({ createdAt }) => toText(createdAt),
  updatedAt: ({ createdAt }) => toText(createdAt),
  assignees: (_draft, args) => connect([], args, "assignees"),
};
