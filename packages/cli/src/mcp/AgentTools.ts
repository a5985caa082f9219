/**
 * Tools for an agent that works on a task: it may hand over tasks that it found, and say how far it is.
 *
 * It is known by the token of its command, which is looked at before every call. It can do nothing for
 * another task, and nothing once its attempt has ended.
 */
import type { RunState } from "@orchestrator/core";
import { AttemptSession } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as RunSetup from "../run/RunSetup.ts";
import * as RunWanted from "../run/RunWanted.ts";
import * as RunRecord from "../run/RunRecord.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import { count } from "../view/Words.ts";
import * as McpTasks from "./McpTasks.ts";
import * as McpTool from "./McpTool.ts";

/** The attempt that the variables of this process name; fails unless it is at work. */
export const session = Effect.fn("AgentTools.session")(function* () {
  const { environment } = yield* Screen;
  return yield* AttemptSession.open(environment(AttemptSession.variables));
});

/** Whether this process was started by the command of a task. */
export const isForAgent = Effect.map(Screen, ({ environment }) => {
  const [name] = AttemptSession.variables;
  return (environment([name])[name] ?? "") !== "";
});

const addTask = McpTool.make({
  name: "add_task",
  title: "Hand over tasks that were found",
  description:
    "Adds tasks that you found to the run that you work for, all or none. Use it for work that somebody else should do; they may depend on your own task and on others of the run.",
  input: Schema.Struct({ tasks: McpTasks.Tasks }),
  output: Schema.Struct({
    run: Schema.String,
    by: Schema.String,
    handed_over: Schema.Array(Schema.String),
    known: Schema.Array(Schema.String).annotate({ description: "Those that the run has already" }),
  }),
  run: Effect.fnUntraced(function* ({ tasks }) {
    const own = yield* session();
    const state = yield* stateOf(own);
    const setup = yield* RunSetup.decode(own.run, state.context);
    yield* Effect.fromResult(McpTasks.decodeAll(tasks, RunSetup.defaultsOf(setup)));
    const isKnown = ({ id }: { readonly id: string }) => state.get(id) !== undefined;
    const fresh = tasks.filter((task) => !isKnown(task));
    yield* checkDependencies(fresh, state);
    if (fresh.length > 0) yield* AttemptSession.add(own, fresh);
    const ids = fresh.map(({ id }) => id);
    return {
      text: `Handed over ${count(ids.length, "task")} to the run ${own.run}; the process that works on it takes them at once.`,
      data: {
        run: own.run,
        by: own.task,
        handed_over: ids,
        known: tasks.filter(isKnown).map(({ id }) => id),
      },
    };
  }),
});

/** What the engine would refuse ends the attempt, so it is refused before. */
const checkDependencies = Effect.fnUntraced(function* (
  tasks: typeof McpTasks.Tasks.Type,
  state: RunState.RunState,
) {
  const ids = new Set(tasks.map(({ id }) => id));
  if (ids.size < tasks.length) {
    const twice = tasks.find(({ id }, at) => tasks.findIndex((one) => one.id === id) < at)!;
    return yield* new McpTasks.WrongTask({ task: twice.id, problem: "it is stated twice" });
  }
  for (const { dependsOn = [], id } of tasks) {
    const missing = dependsOn.find((on) => !ids.has(on) && state.get(on) === undefined);
    if (missing === undefined) continue;
    const problem = `it depends on ${Text.line(missing, 100)}, which the run does not have`;
    return yield* new McpTasks.WrongTask({ task: id, problem });
  }
  yield* checkCycles(tasks);
});

/** Tasks of the run cannot wait for new ones: a cycle lies among these alone. */
const checkCycles = Effect.fnUntraced(function* (tasks: typeof McpTasks.Tasks.Type) {
  let open = new Map(tasks.map(({ dependsOn = [], id }) => [id, dependsOn]));
  for (;;) {
    const waiting = new Map([...open].filter(([, on]) => on.some((one) => open.has(one))));
    if (waiting.size === 0) return;
    if (waiting.size === open.size) {
      const task = [...waiting.keys()][0]!;
      return yield* new McpTasks.WrongTask({ task, problem: "it waits for itself, in a circle" });
    }
    open = waiting;
  }
});

const stateOf = Effect.fnUntraced(function* ({ folder }: AttemptSession.AttemptSession) {
  const wanted = yield* RunWanted.open(folder);
  return (yield* RunRecord.tell(wanted.journal, wanted.run)).state;
});

const reportProgress = McpTool.make({
  name: "report_progress",
  title: "Say how far you are",
  description: "Tells the people who follow the run what you are doing now, in one sentence.",
  input: Schema.Struct({
    message: Schema.NonEmptyString.check(Schema.isMaxLength(2_000)).annotate({
      description: "One sentence",
    }),
  }),
  output: Schema.Struct({ run: Schema.String, task: Schema.String }),
  run: Effect.fnUntraced(function* ({ message }) {
    const own = yield* session();
    yield* AttemptSession.tell(own, Text.line(message, 500));
    return { text: "Told.", data: { run: own.run, task: own.task } };
  }),
});

export const all: ReadonlyArray<McpTool.McpTool> = [addTask, reportProgress];
