import { notAccessible } from "../refusals.ts";
import { setValue } from "../world/board.ts";
import type { Field, Project, ProjectItem } from "../world/model.ts";
import type { Doing } from "../world/moments.ts";
import { referenceOf } from "../world/World.ts";
import { failure } from "./errors.ts";
import type { Context } from "./fields.ts";
import { findNode } from "./nodes.ts";
import { scopeWords } from "./projectFields.ts";

type Input = Readonly<Record<string, unknown>>;

/** The board, if the token may change it. */
export const writableBoard = (context: Context, id: unknown): Project => {
  const { token, access } = context;
  if (token.kind === "classic" && !token.scopes.includes("project"))
    throw failure("INSUFFICIENT_SCOPES", scopeWords("projectV2", "project", token.scopes));
  const project = findNode(context, id);
  if (project.kind !== "ProjectV2") throw failure("NOT_FOUND", notFound(id, "ProjectV2"));
  if (!access.mayChange(token, project)) throw failure("FORBIDDEN", notAccessible(token.kind));
  return project;
};

const notFound = (id: unknown, kind: string): string =>
  `Could not resolve to ${kind} node with the global id of '${String(id)}'.`;

/** Sets one value of one card. */
export const moveCard = (input: Input, context: Context, doing: Doing) => {
  const project = writableBoard(context, input["projectId"]);
  const item = findNode(context, input["itemId"]);
  const field = findNode(context, input["fieldId"]);
  if (item.kind !== "ProjectV2Item" || item.project !== project)
    throw failure("NOT_FOUND", "The item does not exist in the project.");
  if (field.kind !== "Field" || field.project !== project)
    throw failure("NOT_FOUND", "The field does not exist in the project.");
  if (item.isArchived) throw failure("UNPROCESSABLE", "The item is archived and cannot be updated");
  const value = valueOf(field, input["value"] as Input);
  setValue(item, field.name, value);
  item.updatedAt = context.maker.doing(doing).at;
  const name = nameOf(item);
  context.maker.did("card.moved", doing, name, { field: field.name, value });
  context.effects.push({ type: "card.move", id: item.id, key: null, task: name });
  return { clientMutationId: input["clientMutationId"] ?? null, projectV2Item: item };
};

const nameOf = ({ content }: ProjectItem): string =>
  content.kind === "Issue" ? referenceOf(content) : content.title;

interface Kind {
  readonly key: string;
  readonly words: string;
  readonly read: (field: Field, given: unknown) => string | number | undefined;
}

const kinds: Readonly<Partial<Record<Field["dataType"], Kind>>> = {
  SINGLE_SELECT: {
    key: "singleSelectOptionId",
    words: "single select option Id",
    read: ({ choices }, given) => choices.find(({ id }) => id === given)?.name,
  },
  ITERATION: {
    key: "iterationId",
    words: "iteration Id",
    read: ({ iterations }, given) => iterations.find(({ id }) => id === given)?.title,
  },
  TEXT: { key: "text", words: "text", read: (_field, given) => String(given) },
  NUMBER: { key: "number", words: "number", read: (_field, given) => Number(given) },
  DATE: { key: "date", words: "date", read: (_field, given) => String(given) },
};

const valueOf = (field: Field, given: Input): string | number => {
  const kind = kinds[field.dataType];
  const type = field.dataType.toLowerCase();
  if (kind === undefined)
    throw failure("UNPROCESSABLE", `The field of type ${type} is currently not supported.`);
  const value = given[kind.key];
  if (value === undefined || value === null)
    throw failure(
      "UNPROCESSABLE",
      `Did not receive a ${kind.words} to update a field of type ${type}`,
    );
  const found = kind.read(field, value);
  if (found !== undefined) return found;
  throw failure("UNPROCESSABLE", `The ${kind.words} does not belong to the field`);
};
