/**
 * References in texts to what is known only later: `{{ tasks.<id>.output.<name> }}` and
 * `{{ params.<name> }}`.
 *
 * A name is a dotted path into the JSON of the output; without a name the whole
 * output is meant. `\{{` stands for a literal `{{`. Outputs are written by
 * agents and must not be trusted: what is put in is never looked through again.
 */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { DependencyResult, LaunchRequest } from "./AgentPort.ts";
import { quote } from "./Quote.ts";
import { closest } from "./Suggest.ts";
import type { Task, TaskId } from "./Task.ts";

/** A reference that is not understood, or whose value is not there. */
export class VariableError extends Schema.TaggedError<VariableError>()("VariableError", {
  /**
   * - `Malformed`: not a reference at all.
   * - `Quoted`: stands where a value cannot be quoted safely for the shell.
   * - `UnknownTask`: not among the dependencies.
   * - `NoOutput`: the dependency left no output.
   * - `UnknownName`: its output, or the parameters, have no such name.
   * - `Unusable`: the value holds a NUL, which no command line can carry.
   */
  reason: Schema.Literals([
    "Malformed",
    "Quoted",
    "UnknownTask",
    "NoOutput",
    "UnknownName",
    "Unusable",
  ]),
  /** The reference as it was written. */
  reference: Schema.String,
  task: Schema.optionalKey(Schema.String),
  /** The dotted name; empty for the whole output. */
  name: Schema.optionalKey(Schema.String),
  /** The names that exist where the missing one was looked for. */
  known: Schema.optionalKey(Schema.Array(Schema.String)),
  message: Schema.String,
}) {}

/** One reference in a text. */
export interface Reference {
  /** The task whose output is meant; undefined for a parameter. */
  readonly task: TaskId | undefined;
  /** The dotted name; empty for the whole output. */
  readonly name: string;
  /** The reference as it was written. */
  readonly text: string;
  /** Where it begins in the text. */
  readonly offset: number;
}

/** Finds the end of a dependency, undefined if the task is none; for no task at all, the parameters as an output. */
export type Lookup = (
  task: TaskId | undefined,
) => Pick<DependencyResult, "outcome" | "output"> | undefined;

/** The parameters of a plan by their names. */
export type Parameters = Readonly<Record<string, Schema.Json>>;

/** A piece of a text: literal, or a reference. */
export type Part = string | Reference;

type Answer<A> = Result.Result<A, VariableError>;

const form = "{{ tasks.<id>.output.<name> }}";
const literalHint = "for a literal {{ write \\{{";

const fail = (fault: ConstructorParameters<typeof VariableError>[0]): Answer<never> =>
  Result.fail(new VariableError(fault));

const parse = (text: string, offset: number): Answer<Reference> => {
  const end = text.indexOf("}}", offset + 2);
  if (end < 0) {
    const reference = text.slice(offset, offset + 40);
    const message = `${quote(reference)} is not closed by }}; allowed is ${form}; ${literalHint}`;
    return fail({ reason: "Malformed", reference, message });
  }
  const reference = text.slice(offset, end + 2);
  const inner = text.slice(offset + 2, end).trim();
  const output = /^tasks\.([^\s{}]+?)\.output(?:\.([^\s{}]+))?$/.exec(inner);
  if (output !== null) {
    return Result.succeed({ task: output[1]!, name: output[2] ?? "", text: reference, offset });
  }
  // `item` and `index` are those of a `forEach`, which are parameters of its tasks.
  const parameter = /^(?:params\.)?((?<=params\.)[^\s{}]+|(?:item|index)(?:\.[^\s{}]+)?)$/.exec(
    inner,
  );
  if (parameter !== null) {
    return Result.succeed({ task: undefined, name: parameter[1]!, text: reference, offset });
  }
  const message = `${quote(reference)} is not known; allowed is ${form}; ${literalHint}`;
  return fail({ reason: "Malformed", reference, message });
};

/** The literal pieces of a text and its references, in order; fails with the first one that is none. */
export const parts = (text: string): Answer<ReadonlyArray<Part>> => {
  const found: Array<Part> = [];
  let literal = "";
  let from = 0;
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", from)) {
    if (text[at - 1] === "\\" && at > from) {
      literal += `${text.slice(from, at - 1)}{{`;
      from = at + 2;
      continue;
    }
    const reference = parse(text, at);
    if (Result.isFailure(reference)) return Result.fail(reference.failure);
    found.push(literal + text.slice(from, at), reference.success);
    literal = "";
    from = at + reference.success.text.length;
  }
  found.push(literal + text.slice(from));
  return Result.succeed(found);
};

/** The references in a text, in order. */
export const references = (text: string): Answer<ReadonlyArray<Reference>> =>
  text.includes("{{")
    ? Result.map(parts(text), (all) => all.filter((part) => typeof part !== "string"))
    : Result.succeed([]);

/** The reference that a text is and nothing else. */
export const alone = (text: string): Reference | undefined => {
  const found = text.includes("{{") ? parts(text.trim()) : undefined;
  if (found === undefined || Result.isFailure(found)) return undefined;
  const [before, only, after] = found.success;
  const isAlone = found.success.length === 3 && before === "" && after === "";
  return isAlone ? (only as Reference) : undefined;
};

/**
 * Follows a dotted name into a value. Keys may hold dots themselves, as from
 * `a.b=1`; the longest key that fits is taken.
 */
const follow = (
  value: unknown,
  names: ReadonlyArray<string>,
): { readonly found: Schema.Json } | { readonly known: ReadonlyArray<string> } => {
  if (names.length === 0) return { found: value as Schema.Json };
  if (typeof value === "object" && value !== null) {
    for (let length = names.length; length > 0; length--) {
      const key = names.slice(0, length).join(".");
      if (Object.hasOwn(value, key) && !(Array.isArray(value) && key === "length")) {
        return follow((value as Record<string, unknown>)[key], names.slice(length));
      }
    }
  }
  return { known: typeof value === "object" && value !== null ? Object.keys(value) : [] };
};

const knownNames = (name: string, known: ReadonlyArray<string>): string => {
  if (known.length === 0) return "there are no names in it";
  const shown = known.slice(0, 20).map(quote).join(", ");
  const more = known.length > 20 ? ` and ${known.length - 20} more` : "";
  return `there are ${shown}${more}${didYouMean(name.split(".").at(-1)!, known)}`;
};

/** The end of a message, `; did you mean "x"?`, or nothing. Short names may have one typo. */
export const didYouMean = (name: string, known: Iterable<string>): string => {
  const near = closest(name, known, Math.min(3, Math.max(1, Math.floor(name.length / 3))));
  return near === undefined ? "" : `; did you mean ${quote(near)}?`;
};

/** The value that a reference stands for. */
export const valueOf = (reference: Reference, lookup: Lookup): Answer<Schema.Json> => {
  const { name, task, text } = reference;
  if (task !== undefined) return outputOf({ ...reference, task }, lookup);
  const step = follow(lookup(undefined)?.output ?? {}, name.split("."));
  if ("found" in step) return Result.succeed(step.found);
  const message = `${quote(text)}: the plan has no parameter ${quote(name)}; ${knownNames(name, step.known)}`;
  return fail({ reference: text, name, reason: "UnknownName", known: step.known, message });
};

const outputOf = (
  { name, task, text }: Reference & { readonly task: TaskId },
  lookup: Lookup,
): Answer<Schema.Json> => {
  const about = { reference: text, task, name };
  const dependency = lookup(task);
  if (dependency === undefined) {
    const message = `${quote(text)}: task ${quote(task)} is not a dependency of this task; add it to dependsOn`;
    return fail({ ...about, reason: "UnknownTask", message });
  }
  if (dependency.output === undefined) {
    const message = `${quote(text)}: task ${quote(task)} left no output (it ended as ${dependency.outcome ?? "unknown"}); let it write ${name === "" ? "one" : `${name}=value`} to the file in $ORCHESTRATOR_OUTPUT`;
    return fail({ ...about, reason: "NoOutput", message });
  }
  const step = follow(dependency.output, name === "" ? [] : name.split("."));
  if ("found" in step) return Result.succeed(step.found);
  const message = `${quote(text)}: the output of task ${quote(task)} has no ${quote(name)}; ${knownNames(name, step.known)}`;
  return fail({ ...about, reason: "UnknownName", known: step.known, message });
};

/** A value as text: texts as they are, other JSON as JSON. */
export const textOf = (value: Schema.Json): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** Puts values in place of the references in a text. */
export const fill = (text: string, lookup: Lookup): Answer<string> =>
  Result.gen(function* () {
    let filled = "";
    for (const part of yield* parts(text)) {
      filled += typeof part === "string" ? part : textOf(yield* valueOf(part, lookup));
    }
    return filled;
  });

/** Looks tasks up among the dependencies that an agent was given, and names among parameters. */
export const lookupIn = (
  dependencies: ReadonlyArray<DependencyResult>,
  params: Parameters = {},
): Lookup => {
  const byTask = new Map(dependencies.map((dependency) => [dependency.task, dependency]));
  return (task) => (task === undefined ? { outcome: undefined, output: params } : byTask.get(task));
};

/** What the references of a task stand for as it is launched. */
export const lookupFor = ({
  dependencies,
  task,
}: Pick<LaunchRequest, "dependencies" | "task">): Lookup =>
  lookupIn(dependencies(), parametersOf(task));

/** The parameters in the payload of a task. */
export const parametersOf = ({ payload }: Pick<Task, "payload">): Parameters => {
  const found = isObject(payload) ? payload["params"] : undefined;
  return isObject(found) ? found : {};
};

const isObject = (value: Schema.Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
