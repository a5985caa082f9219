/** Which items of a board are meant: names as people write them, found among those that the board has. */
import * as Result from "effect/Result";
import { Invalid } from "../GitHubError.ts";
import type { FieldValue, IssueFacts } from "../IssueFacts.ts";
import { listed } from "./listed.ts";
import type { Field } from "./queries/boardFields.ts";
import { sameName } from "./sameName.ts";

/** A field and the values of which an item has to have one. */
export interface Criterion {
  readonly field: Field;
  /** In small letters. */
  readonly values: ReadonlySet<string>;
}

/** The kinds of fields whose value an item has itself. */
const own = new Set(["TEXT", "NUMBER", "DATE", "SINGLE_SELECT", "ITERATION"]);

/** Those that say what the issue says. */
const ofIssue: Readonly<Record<string, (issue: IssueFacts) => ReadonlyArray<string>>> = {
  TITLE: ({ title }) => [title],
  LABELS: ({ labels }) => labels,
  MILESTONE: ({ milestone }) => (milestone === undefined ? [] : [milestone.title]),
  REPOSITORY: ({ repository }) => [repository],
};

/** The field of that name, in any case. */
export const fieldNamed = (fields: ReadonlyArray<Field>, name: string): Field | undefined =>
  fields.find((field) => field.name === name) ?? fields.find((field) => sameName(field.name, name));

/** What a filter means on this board; `board` is its name for messages. */
export const criteria = (
  board: string,
  fields: ReadonlyArray<Field>,
  stated: Readonly<Record<string, ReadonlyArray<string>>>,
): Result.Result<ReadonlyArray<Criterion>, Invalid> =>
  Result.all(
    Object.entries(stated).map(([name, values]) => criterion(board, fields, name, values)),
  );

const criterion = (
  board: string,
  fields: ReadonlyArray<Field>,
  name: string,
  values: ReadonlyArray<string>,
): Result.Result<Criterion, Invalid> => {
  const field = fieldNamed(fields, name);
  const usable = fields.filter(({ dataType }) => own.has(dataType) || dataType in ofIssue);
  if (field === undefined || !usable.includes(field)) {
    const problem = field === undefined ? "has no field" : "cannot be filtered by its field";
    const names = listed(usable.map((one) => one.name));
    return refused(`${board} ${problem} ${JSON.stringify(name)}: filter by one of ${names}`);
  }
  const unknown = values.find(
    (value) => field.options?.some((one) => sameName(one, value)) === false,
  );
  if (unknown !== undefined) {
    const names = listed(field.options ?? []);
    return refused(`${field.name} ${JSON.stringify(unknown)} is not on ${board}: it has ${names}`);
  }
  return Result.succeed({ field, values: new Set(values.map((value) => value.toLowerCase())) });
};

const refused = (message: string) => Result.fail(new Invalid({ message }));

/** Whether the item's own fields speak against it; what they do not tell is left open. */
export const isRefuted = (
  { field, values }: Criterion,
  fields: Readonly<Record<string, FieldValue>>,
): boolean => {
  const value = fields[field.name];
  return own.has(field.dataType) && value !== undefined && !values.has(lower(value));
};

/** Whether an item passes; `issue` is undefined for what is none. */
export const isMet = (
  { field, values }: Criterion,
  fields: Readonly<Record<string, FieldValue>>,
  issue: IssueFacts | undefined,
): boolean => {
  const value = fields[field.name];
  if (own.has(field.dataType)) return value !== undefined && values.has(lower(value));
  const found = issue === undefined ? [] : (ofIssue[field.dataType]?.(issue) ?? []);
  return found.some((text) => values.has(text.toLowerCase()));
};

const lower = (value: FieldValue): string => String(value).toLowerCase();
