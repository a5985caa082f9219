/** The shape of commands that run at events, in plans and in the configuration. */
import * as EventName from "@orchestrator/core/EventName";
import * as v from "valibot";
import { inQuotes, list, mapping, must, record } from "./DataSchema.ts";

/** A command that runs at an event. */
export interface Hook {
  /** The name of the events, as `task-failed`. */
  readonly on: string;
  /** A line for the shell. */
  readonly run: string;
  /** Names of further variables of the environment that it gets. */
  readonly passEnv?: ReadonlyArray<string>;
}

/** The name of events. */
export const Name = v.pipe(
  v.string(must("be the name of an event as text", inQuotes)),
  v.check(
    (name) => EventName.problem(name) === undefined,
    ({ input }) => EventName.problem(String(input)) ?? "",
  ),
);

const lineRule = "be a command line as text";
const Line = v.pipe(v.string(must(lineRule, inQuotes)), v.regex(/\S/, must(lineRule)));

const nameRule = 'be the name of a variable: letters, digits and "_", not beginning with a digit';
const Variable = v.pipe(
  v.string(must(nameRule, inQuotes)),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, must(nameRule)),
);

/** Names of variables of the environment. */
export const VariableNames = list(Variable, "a list of names of variables");

const Run = v.pipe(Line, v.description("The command: a line for the shell."));
const Pass = v.exactOptional(
  v.pipe(
    VariableNames,
    v.description("Names of further variables of the environment that it gets."),
  ),
);

/** Commands by the names of events; `whole` is how the file calls the parts of one. */
const hooks = <S extends v.GenericSchema>(Command: S, whole: string) => {
  const One = v.union([Line, Command], must(`be a command line (text) or ${whole}`, inQuotes));
  const allowed = `be a command line (text), ${whole}, or a list of these`;
  return record(
    Name,
    v.union([One, list(One, "a list of commands")], must(allowed, inQuotes)),
    "a mapping of names of events to commands",
  );
};

const planWhole = "a mapping { run, passEnv }";
const configWhole = "a mapping { run, pass_env }";

/** As plans have them. */
export const InPlan = hooks(mapping({ run: Run, passEnv: Pass }, planWhole), planWhole);

/** As the configuration has them. */
export const InConfig = hooks(mapping({ run: Run, pass_env: Pass }, configWhole), configWhole);

type Stated = Readonly<Record<string, unknown>>;

/** The commands of a mapping that was checked, in its order. */
export const read = (stated: Stated = {}): ReadonlyArray<Hook> =>
  Object.entries(stated).flatMap(([on, commands]) => {
    const all: ReadonlyArray<unknown> = Array.isArray(commands) ? commands : [commands];
    return all.map((one) => hookOf(on, one as string | Stated));
  });

const hookOf = (on: string, command: string | Stated): Hook => {
  if (typeof command === "string") return { on, run: command };
  const { passEnv = command["pass_env"], run } = command as { run: string; passEnv?: unknown };
  return { on, run, ...(Array.isArray(passEnv) ? { passEnv } : {}) };
};
