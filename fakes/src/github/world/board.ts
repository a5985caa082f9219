import type { FieldInput, ItemInput, ProjectInput } from "./input.ts";
import type { Maker } from "./Maker.ts";
import type { Field, FieldType, Iteration, Project, ProjectItem } from "./model.ts";
import { toTime } from "./moments.ts";

const builtIn: ReadonlyArray<readonly [string, FieldType]> = [
  ["Title", "TITLE"],
  ["Assignees", "ASSIGNEES"],
  ["Labels", "LABELS"],
  ["Linked pull requests", "LINKED_PULL_REQUESTS"],
  ["Milestone", "MILESTONE"],
  ["Repository", "REPOSITORY"],
  ["Reviewers", "REVIEWERS"],
  ["Parent issue", "PARENT_ISSUE"],
  ["Sub-issues progress", "SUB_ISSUES_PROGRESS"],
];

const statuses = ["Todo", "In Progress", "Done"];

/** Makes a board with its fields and items. */
export const addProject = (maker: Maker, input: ProjectInput, createdAt: number): Project => {
  const { world } = maker;
  const owner = maker.account(input.owner);
  const number = input.number ?? owner.projects.length + 1;
  const project: Project = {
    kind: "ProjectV2",
    ...world.mint("ProjectV2"),
    owner,
    number,
    createdAt,
    updatedAt: createdAt,
    title: input.title ?? `Board ${number}`,
    isPublic: input.public ?? false,
    isClosed: input.closed ?? false,
    creator: maker.firstUser(),
    fields: [],
    items: [],
  };
  world.projects.push(world.keep(project));
  owner.projects.push(project);
  for (const [name, dataType] of builtIn) addField(maker, project, name, dataType);
  for (const [name, field] of Object.entries(input.fields ?? { Status: statuses }))
    addField(maker, project, name, field);
  for (const item of input.items ?? []) addItem(maker, project, item);
  return project;
};

const addField = (
  { world }: Maker,
  project: Project,
  name: string,
  input: FieldInput | FieldType,
): void => {
  const dataType = typeOf(input);
  const minted = world.mint("Field", prefixes[dataType]);
  const toId = (index: number) => (minted.id + index * 16).toString(16).slice(-8);
  const { createdAt } = project;
  const field: Field = {
    kind: "Field",
    ...minted,
    project,
    name,
    dataType,
    createdAt,
    choices: isList(input) ? input.map((choice, index) => ({ id: toId(index), name: choice })) : [],
    iterations: iterationsOf(input, toId),
  };
  project.fields.push(world.keep(field));
};

const prefixes: Readonly<Partial<Record<FieldType, string>>> = {
  SINGLE_SELECT: "PVTSSF",
  ITERATION: "PVTIF",
};

const typeOf = (input: FieldInput | FieldType): FieldType => {
  if (typeof input === "string") return input;
  return isList(input) ? "SINGLE_SELECT" : "ITERATION";
};

const iterationsOf = (
  input: FieldInput | FieldType,
  toId: (index: number) => string,
): Array<Iteration> => {
  if (typeof input === "string" || isList(input)) return [];
  return input.iterations.map(({ title, startDate, duration = 14, completed = false }, index) => ({
    id: toId(index),
    title,
    startDate: new Date(toTime(startDate)).toISOString().slice(0, 10),
    duration,
    isCompleted: completed,
  }));
};

const isList = (input: unknown): input is ReadonlyArray<string> => Array.isArray(input);

/** Puts an issue, a pull request or a draft on a board. */
export const addItem = (maker: Maker, project: Project, input: string | ItemInput): ProjectItem => {
  const given: ItemInput = typeof input === "string" ? { issue: input } : input;
  const now = maker.world.clock.now();
  const { creator } = project;
  const content =
    "issue" in given
      ? maker.issue(given.issue)
      : maker.draft(given.draft, given.body ?? "", creator);
  const item: ProjectItem = maker.world.keep({
    kind: "ProjectV2Item",
    ...maker.world.mint("ProjectV2Item"),
    project,
    content,
    creator,
    isRedacted: given.redacted ?? false,
    isArchived: given.archived ?? false,
    values: new Map(),
    createdAt: now,
    updatedAt: now,
  });
  for (const [name, value] of Object.entries(given.values ?? {})) setValue(item, name, value);
  project.items.push(item);
  if (content.kind === "Issue") content.items.push(item);
  return item;
};

/** Gives a field other choices, all with new ids. */
export const rewriteChoices = (
  { world }: Maker,
  project: Project,
  name: string,
  names: ReadonlyArray<string>,
): void => {
  const field = project.fields.find((each) => each.name === name);
  if (field === undefined) throw new Error(`the board ${project.title} has no field ${name}`);
  const { id } = world.mint("Field");
  const toId = (index: number) => (id + index * 16).toString(16).slice(-8);
  field.choices.splice(
    0,
    Infinity,
    ...names.map((each, index) => ({ id: toId(index), name: each })),
  );
  for (const { values } of project.items)
    if (!names.includes(String(values.get(name)))) values.delete(name);
};

/** Sets a value that the field can hold; `null` takes it away. */
export const setValue = (item: ProjectItem, name: string, value: string | number | null): void => {
  const { project, values } = item;
  const field = project.fields.find((each) => each.name === name);
  if (field === undefined) {
    const known = project.fields.map((each) => each.name).join(", ");
    throw new Error(`the board ${project.title} has no field ${name}; it has ${known}`);
  }
  if (value === null) return void values.delete(name);
  const allowed = allowedIn(field);
  if (allowed !== null && !allowed.includes(String(value)))
    throw new Error(`the field ${name} has no ${value}; it has ${allowed.join(", ")}`);
  values.set(name, value);
};

const allowedIn = ({ dataType, choices, iterations }: Field): ReadonlyArray<string> | null => {
  if (dataType === "SINGLE_SELECT") return choices.map(({ name }) => name);
  return dataType === "ITERATION" ? iterations.map(({ title }) => title) : null;
};
