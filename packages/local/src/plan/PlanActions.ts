/** The rules of tasks that are actions: that there is one of the name, and that its input fits. */
import { Action } from "@orchestrator/core";
import { quote } from "@orchestrator/core/Quote";
import type * as Schema from "effect/Schema";
import type { OutlinedTask } from "./PlanOutline.ts";
import { keyOffset, type Located, formatPath, type TextProblem } from "./SourceText.ts";
import { offsetAt } from "./PlanIssues.ts";

/** What else a task that is an action cannot be. */
const others = ["run", "prompt", "env", "expectChange"] as const;

/** What is wrong with the tasks that are actions. */
export const problems = (
  located: Located,
  tasks: ReadonlyArray<OutlinedTask>,
  actions: ReadonlyArray<Action.Signature>,
): ReadonlyArray<TextProblem> => tasks.flatMap((task) => ofTask(located, task, actions));

const ofTask = (
  located: Located,
  { fields, index }: OutlinedTask,
  actions: ReadonlyArray<Action.Signature>,
): ReadonlyArray<TextProblem> => {
  const { agent, uses, with: input } = fields;
  const at = (path: ReadonlyArray<string | number>, message: string): TextProblem => {
    const whole = ["tasks", index, ...path];
    return { offset: offsetAt(located, whole), path: formatPath(whole), message };
  };
  if (uses === undefined) {
    return input === undefined
      ? []
      : [at(["with"], "is the input of an action; name one, as uses: shell.run")];
  }
  // Of another shape, the schema has told of it.
  if (typeof uses !== "string") return [];
  const beside = others
    .filter((key) => key in fields)
    .map((key) => at([key], `has no place beside uses: ${quote(uses)} is the work of the task`));
  const elsewhere =
    agent === undefined || agent === Action.agentName
      ? []
      : [at(["agent"], `must be ${Action.agentName} beside uses, or left out`)];
  const payload = { uses, ...(input === undefined ? {} : { with: input as Schema.Json }) };
  const wrong = Action.problems(actions, payload).filter(({ isReference }) => !isReference);
  return [
    ...beside,
    ...elsewhere,
    ...wrong.map(({ isKey, message, path }) => {
      const key = isKey ? keyAt(located, fields, path) : undefined;
      const problem = at(path, message);
      return key === undefined ? problem : { ...problem, offset: key };
    }),
  ];
};

/** Where the key itself stands that is wrong. */
const keyAt = (
  located: Located,
  fields: object,
  path: ReadonlyArray<string | number>,
): number | undefined => {
  let parent: unknown = fields;
  for (const key of path.slice(0, -1)) {
    parent = (parent as Readonly<Record<string | number, unknown>>)[key];
  }
  const last = String(path.at(-1));
  return typeof parent === "object" && parent !== null
    ? keyOffset(located, parent, last)
    : undefined;
};
