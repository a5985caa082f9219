/**
 * Conditions of tasks, as `params.env == "prod" && tasks.build.output.changed`.
 *
 * They are written in CEL, the Common Expression Language: it has no loops and
 * reaches nothing but the parameters of the plan and the ends of the tasks that
 * a condition names. Whole numbers are its integers.
 */
import { Agent, type Task, Template } from "@orchestrator/core";
import { quote } from "@orchestrator/core/Quote";
import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import { describe } from "./DataSchema.ts";
import { suggestion } from "./plan/Suggest.ts";

/** A condition that was read. */
export interface Condition {
  readonly text: string;
  /** The tasks whose output or outcome it looks at. */
  readonly tasks: ReadonlyArray<Task.TaskId>;
  /** The parameters that it names. */
  readonly params: ReadonlyArray<string>;
  /** How often it names tasks and parameters within a loop: what it does for each item with all of their values. */
  readonly repeated: number;
  /** Where it names tasks, in its order: `tasks.<id>` from a beginning to an end. */
  readonly places: ReadonlyArray<Place>;
  /** The value of the expression; throws what CEL cannot work out. */
  readonly evaluate: (around: object) => unknown;
}

/** Where a condition names a task, in UTF-16 units. */
export interface Place {
  readonly task: Task.TaskId;
  readonly start: number;
  readonly end: number;
}

/** What a condition may look at: `tasks` by id, each with its outcome and output. */
export interface Around {
  readonly params: Template.Parameters;
  readonly tasks: ReadonlyMap<Task.TaskId, Pick<Agent.DependencyResult, "outcome" | "output">>;
}

/** The longest condition, in UTF-16 units. */
const longest = 2000;

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  homogeneousAggregateLiterals: false,
  limits: {
    maxAstNodes: 500,
    maxDepth: 50,
    maxListElements: 200,
    maxMapEntries: 200,
    maxCallArguments: 32,
  },
})
  .registerVariable("params", "map")
  .registerVariable("tasks", "map");

const example = 'as params.env == "prod" && tasks.build.output.changed';

/** Reads a condition; the failure is a sentence. */
export const parse = (text: string): Result.Result<Condition, string> => {
  const refused = (why: string) => Result.fail(`${quote(text)} is no condition: ${why}`);
  if (text.length > longest) {
    return refused(`it has ${text.length} characters, and at most ${longest} are allowed`);
  }
  try {
    const parsed = environment.parse(text);
    const checked = parsed.check();
    if (!checked.valid) return refused(summary(checked.error));
    if (checked.type !== "bool" && checked.type !== "dyn") {
      return refused(`it gives a ${checked.type}, and must give true or false, ${example}`);
    }
    const used = new Names();
    used.visit(parsed.ast);
    if (used.problem !== undefined) return refused(used.problem);
    return Result.succeed({
      text,
      tasks: [...used.tasks],
      params: [...used.params],
      repeated: used.repeated,
      places: used.places.toSorted((one, other) => one.start - other.start),
      evaluate: (around) => parsed({ ...around }) as unknown,
    });
  } catch (error) {
    return refused(summary(error));
  }
};

/** The library's own words without the picture of the place. */
const summary = (error: unknown): string => {
  const message =
    typeof error === "object" && error !== null && "summary" in error
      ? String(error.summary)
      : String(error);
  const unknown = /^Unknown variable: (\S+)$/.exec(message)?.[1];
  if (unknown === undefined) return message;
  return `${quote(unknown)} is not known; there are params and tasks${suggestion(unknown, ["params", "tasks"])}`;
};

const ofTask = ["output", "outcome"];

/** Collects what an expression names, and what must not stand in one. */
class Names {
  readonly tasks = new Set<Task.TaskId>();
  readonly params = new Set<string>();
  readonly places: Array<Place> = [];
  repeated = 0;
  problem: string | undefined = undefined;

  visit(node: ASTNode, isInMacro = false, isInBody = false): void {
    const step = accessOf(node);
    const inner = step && accessOf(step.of);
    if (step && inner?.of.op === "id" && inner.of.args === "tasks") {
      if (isInBody) this.repeated += 1;
      return this.#task(inner, step);
    }
    if (step?.of.op === "id" && step.of.args === "params") {
      if (isInBody) this.repeated += 1;
      return this.#parameter(step);
    }
    if (node.op === "id" && (node.args === "tasks" || node.args === "params")) {
      return this.#refuse(`name one of the ${node.args}: ${forms[node.args]}`);
    }
    if (node.op === "rcall" || node.op === "call") this.#call(node.args[0], isInMacro);
    const isMacro = node.op === "rcall" && macros.has(node.args[0]);
    for (const [index, child] of childrenOf(node.args).entries()) {
      // The first child of a loop is the list that it goes over.
      this.visit(child, isInMacro || isMacro, isInBody || (isMacro && index > 0));
    }
  }

  #task(inner: Access, step: Access): void {
    if (inner.name === undefined) return this.#refuse(`name the task itself: ${forms.tasks}`);
    if (step.name === undefined || !ofTask.includes(step.name)) {
      const found = step.name ?? "";
      return this.#refuse(
        `a task has output and outcome, not ${quote(found)}${suggestion(found, ofTask)}`,
      );
    }
    this.tasks.add(inner.name);
    this.places.push({ task: inner.name, ...step.of.range });
  }

  #parameter({ name }: Access): void {
    if (name === undefined) return this.#refuse(`name the parameter itself: ${forms.params}`);
    this.params.add(name);
  }

  /** Patterns can take for ever, and so can loops in loops. */
  #call(name: string, isInMacro: boolean): void {
    if (name === "matches") {
      this.#refuse("matches is not allowed; use contains, startsWith or endsWith");
    }
    if (isInMacro && macros.has(name)) this.#refuse(`${name} may not stand inside of another loop`);
  }

  #refuse(problem: string): void {
    this.problem ??= problem;
  }
}

const forms = {
  tasks: 'tasks.<id>.output, or tasks["<id>"].output',
  params: 'params.<name>, or params["<name>"]',
};

const macros = new Set(["all", "exists", "exists_one", "map", "filter"]);

interface Access {
  readonly of: ASTNode;
  /** Undefined if it is found out only as it is evaluated. */
  readonly name: string | undefined;
}

const accessOf = (node: ASTNode): Access | undefined => {
  if (node.op === ".") return { of: node.args[0], name: node.args[1] };
  if (node.op !== "[]") return undefined;
  const [of, key] = node.args;
  return { of, name: key.op === "value" && typeof key.args === "string" ? key.args : undefined };
};

const isNode = (value: unknown): value is ASTNode =>
  typeof value === "object" && value !== null && "op" in value && "args" in value;

const childrenOf = (args: unknown): ReadonlyArray<ASTNode> => {
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.flatMap(childrenOf) : [];
};

/** What a loop may cost: its items, times what it looks at for each of them, in characters and values. */
const mostWork = 1_000_000_000;

/** The size of a value, and the length of the longest list in it. */
const weigh = (value: Schema.Json): { readonly size: number; readonly list: number } => {
  if (typeof value === "string") return { size: 1 + value.length, list: 0 };
  if (typeof value !== "object" || value === null) return { size: 1, list: 0 };
  const items = Object.values(value);
  let [size, list] = [1, items.length];
  for (const item of items) {
    const inner = weigh(item as Schema.Json);
    size += inner.size;
    list = Math.max(list, inner.list);
  }
  return { size, list };
};

/** Outputs are as long as agents make them: a loop that looks at all of one for each item would hold up the whole run. */
const isTooMuch = ({ repeated }: Condition, values: Schema.Json): boolean => {
  if (repeated === 0) return false;
  const found = weigh(values);
  return found.list * found.size * repeated > mostWork;
};

/** Whether a condition holds; the failure says why that cannot be told. */
export const evaluate = (condition: Condition, around: Around): Result.Result<boolean, string> => {
  const refused = (why: string) =>
    Result.fail(`the condition ${quote(condition.text)} cannot be decided: ${why}`);
  const outputs = condition.tasks.map((id) => around.tasks.get(id)?.output ?? null);
  if (isTooMuch(condition, [around.params, ...outputs])) {
    return refused(
      "its loop would look at too much for each item; compare with something short, or let the task say the answer in its output",
    );
  }
  const tasks = condition.tasks.map((id) => {
    const { outcome, output } = around.tasks.get(id) ?? {};
    return [id, { outcome: outcome ?? null, output: valueOf(output ?? null) }] as const;
  });
  try {
    const value = condition.evaluate({
      params: valueOf(around.params),
      tasks: Object.fromEntries(tasks),
    });
    if (typeof value === "boolean") return Result.succeed(value);
    return refused(`it gives ${describe(value)}, and must give true or false`);
  } catch (error) {
    return refused(summary(error));
  }
};

/** JSON as CEL knows it: numbers without a fraction are integers. */
const valueOf = (value: Schema.Json): unknown => {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Schema.Json) => valueOf(item));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, valueOf(inner)]));
};

/** What a condition comes to before anything runs; undefined if that depends on tasks. */
export const decide = (
  text: string,
  params: Template.Parameters,
): Result.Result<boolean | undefined, string> => {
  const condition = parse(text);
  if (Result.isFailure(condition)) return Result.fail(condition.failure);
  if (condition.success.tasks.length > 0) return Result.succeed(undefined);
  return evaluate(condition.success, { params, tasks: new Map() });
};

/** The same condition with other ids of tasks; what is no condition stays as it is. */
export const renamed = (text: string, rename: (task: Task.TaskId) => Task.TaskId): string => {
  const condition = parse(text);
  if (Result.isFailure(condition)) return text;
  let [result, from] = ["", 0];
  for (const { end, start, task } of condition.success.places) {
    result += `${text.slice(from, start)}tasks[${JSON.stringify(rename(task))}]`;
    from = end;
  }
  return result + text.slice(from);
};

/** The condition in the payload of a task, if it has one. */
export const of = ({ payload }: Pick<Task.Task, "payload">): string | undefined => {
  const isObject = typeof payload === "object" && payload !== null && "when" in payload;
  return isObject && typeof payload.when === "string" ? payload.when : undefined;
};

/** The same agent: a task whose condition is false is not launched, and ends as skipped. */
export const agent = (inner: Agent.Agent): Agent.Agent => ({
  ...inner,
  launch: (request) => {
    const text = of(request.task);
    if (text === undefined) return inner.launch(request);
    const holds = Result.flatMap(parse(text), (condition) =>
      evaluate(condition, {
        params: Template.parametersOf(request.task),
        tasks: new Map(request.dependencies().map((one) => [one.task, one])),
      }),
    );
    if (Result.isFailure(holds)) {
      return Effect.fail(new Agent.LaunchError({ reason: "Rejected", message: holds.failure }));
    }
    if (holds.success) return inner.launch(request);
    const message = `its condition does not hold: ${text}`;
    return Effect.fail(new Agent.LaunchError({ reason: "Dropped", message }));
  },
});
