/** Tools that change runs or cost money, each of which the operator has to allow. */
import { RunEvent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as CancelRun from "../operator/CancelRun.ts";
import * as DecideTask from "../operator/DecideTask.ts";
import * as RunDefaults from "../demo/RunDefaults.ts";
import * as Inbox from "../operator/Inbox.ts";
import * as ResumeRun from "../run/ResumeRun.ts";
import * as RetryTasks from "../operator/RetryTasks.ts";
import * as Routing from "../plan/Routing.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunPlan from "../run/RunPlan.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunSetup from "../run/RunSetup.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { count } from "../view/Words.ts";
import * as Fields from "./McpFields.ts";
import * as McpPlans from "./McpPlans.ts";
import type { McpRuns } from "./McpRuns.ts";
import { Heard } from "./McpScreen.ts";
import * as McpTasks from "./McpTasks.ts";
import * as McpTool from "./McpTool.ts";

/** What tools of this kind are made with. */
export interface Parts {
  readonly settings: McpPlans.Settings;
  readonly runs: McpRuns["Service"];
}

/** How many agents work at once. */
export const concurrency = Schema.optionalKey(
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000 })).annotate({
    description: "Agents at work at once; absent: what the plan says",
  }),
);

/** What is said of a run that goes on in this server. */
export const Begun = Schema.Struct({
  run: Fields.maybe.annotate({ description: "The id of the run that goes on; null if none does" }),
  said: Schema.Array(Schema.String),
});

/** How everything is called that goes on with a run. */
export const work = (settings: McpPlans.Settings, most: number | undefined) => ({
  ...RunDefaults.options,
  ...settings,
  concurrency: Option.fromUndefinedOr(most),
  json: false,
  plain: true,
});

/** Says that a run goes on, or what was said in its place. */
export const begun = Effect.fnUntraced(function* (what: string, id: string | undefined) {
  const said = (yield* Heard).lines();
  const text =
    id === undefined
      ? `${what}: nothing goes on in this server. ${said.join(" ")}`
      : `${what}: the run ${id} goes on in this server, and is left in order when it ends. See how far it is with status.`;
  return { text, data: { run: id ?? null, said } };
});

const run = ({ runs, settings }: Parts) =>
  McpTool.make({
    name: "run",
    title: "Run a plan",
    description:
      "Starts agents on the tasks of a plan, and answers as soon as the run goes on. This costs what the agents cost.",
    permission: "run",
    hasForeignText: true,
    input: Schema.Struct({
      ...McpPlans.fields,
      concurrency,
      mode: Schema.optionalKey(RunEvent.Mode),
      fail_fast: Schema.optionalKey(
        Schema.Boolean.annotate({ description: "Start nothing more once a task has failed" }),
      ),
    }),
    output: Begun,
    run: Effect.fnUntraced(function* (input) {
      const named = yield* McpPlans.flags(input, settings);
      const options: RunPlan.Options = {
        ...work(settings, input.concurrency),
        ...named,
        mode: Option.fromUndefinedOr(input.mode),
        failFast: input.fail_fast === true,
        // The operator has allowed it, and nobody can be asked.
        yes: true,
      };
      const id = yield* runs.begin((started) => RunPlan.run({ ...options, started }));
      return yield* begun("Started", id);
    }),
  });

const resume = ({ runs, settings }: Parts) =>
  McpTool.make({
    name: "resume",
    title: "Go on with a run",
    description:
      "Goes on with a run that was left, was killed, or got a decision after its end. Nothing is started twice.",
    permission: "resume",
    hasForeignText: true,
    input: Schema.Struct({ run: Fields.run, concurrency }),
    output: Begun,
    run: Effect.fnUntraced(function* (input) {
      const options = work(settings, input.concurrency);
      const id = yield* runs.begin((started) =>
        Effect.scoped(
          Effect.flatMap(ResumeRun.choose(input.run), (wanted) =>
            ResumeRun.resume(wanted, { ...options, started }),
          ),
        ),
      );
      return yield* begun("Resumed", id);
    }),
  });

const retry = ({ runs, settings }: Parts) =>
  McpTool.make({
    name: "retry",
    title: "Run tasks again",
    description:
      "Runs tasks again that did not succeed, and what was skipped because of them; without tasks all that failed.",
    permission: "retry",
    hasForeignText: true,
    input: Schema.Struct({
      run: Fields.run,
      tasks: Schema.optionalKey(Schema.Array(Fields.task).check(Schema.isMaxLength(1_000))),
      concurrency,
    }),
    output: Begun,
    run: Effect.fnUntraced(function* ({ tasks = [], ...input }) {
      const options = {
        ...work(settings, input.concurrency),
        tasks,
        failed: tasks.length === 0,
        run: Option.fromUndefinedOr(input.run),
        yes: true,
      };
      const id = yield* runs.begin((started) => RetryTasks.retry({ ...options, started }));
      return yield* begun("Tried again", id);
    }),
  });

const cancel = ({ settings }: Parts) =>
  McpTool.make({
    name: "cancel",
    title: "Stop a run or a task",
    description:
      "Stops a task of a run; without a task the whole run, which has to be named. What agents do is stopped.",
    permission: "cancel",
    isDestructive: true,
    hasForeignText: true,
    input: Schema.Struct({ run: Fields.run, task: Schema.optionalKey(Fields.task) }),
    output: Schema.Struct({
      run: Schema.String,
      task: Fields.maybe,
      said: Schema.Array(Schema.String),
    }),
    run: Effect.fnUntraced(function* ({ run: named, task }) {
      if (named === undefined && task === undefined) return yield* new NothingNamed();
      const { run: id } = yield* RunWanted.open(named);
      const options = { config: settings.config, allowHost: settings.allowHost };
      const done = yield* task === undefined
        ? CancelRun.cancel({ ...options, what: id, run: Option.none() })
        : CancelRun.cancel({ ...options, what: task, run: Option.some(id) });
      const said = (yield* Heard).lines();
      return { text: said.join("\n"), data: { run: done.run, task: done.task, said } };
    }),
  });

/** A whole run is never stopped by chance. */
export class NothingNamed extends Schema.TaggedError<NothingNamed>()("NothingNamed", {}) {
  override get message(): string {
    return "name the run to stop, or a task of it: nothing was stopped.";
  }
}

const decide = () =>
  McpTool.make({
    name: "decide",
    title: "Decide about a held task",
    description:
      "Decides about a task that is held, as list_held shows it. A run that nobody works on has to be resumed after it.",
    permission: "decide",
    isDestructive: true,
    hasForeignText: true,
    input: Schema.Struct({
      run: Fields.run,
      task: Fields.task,
      decision: RunEvent.Decision,
      agent_run: Schema.optionalKey(
        Schema.NonEmptyString.annotate({
          description: "The agent run to adopt, if the run does not know it",
        }),
      ),
      note: Schema.optionalKey(
        Schema.String.check(Schema.isMaxLength(10_000)).annotate({
          description: "What there is to say to an approval or a rejection",
        }),
      ),
    }),
    output: Schema.Struct({
      run: Schema.String,
      task: Schema.String,
      decision: Schema.String,
      said: Schema.Array(Schema.String),
    }),
    run: Effect.fnUntraced(function* (input) {
      const { run: id, decision } = yield* DecideTask.decide({
        task: input.task,
        decision: input.decision,
        run: Option.fromUndefinedOr(input.run),
        agentRun: Option.fromUndefinedOr(input.agent_run),
        note: Option.fromUndefinedOr(input.note),
      });
      const said = (yield* Heard).lines();
      return {
        text: said.join("\n"),
        data: { run: id, task: input.task, decision, said },
      };
    }),
  });

/** Nobody could take the tasks. */
export class NotAtWork extends Schema.TaggedError<NotAtWork>()("NotAtWork", {
  run: Schema.String,
  standing: Schema.String,
}) {
  override get message(): string {
    return `tasks are added to a run while it is worked on, and the run ${this.run} is ${this.standing}. Go on with it first (resume), or write them into a plan.`;
  }
}

const addTask = () =>
  McpTool.make({
    name: "add_task",
    title: "Add tasks to a run",
    description:
      "Adds tasks to a run that is worked on, all or none. They may depend on tasks that wait, work or have ended; agents take them, which costs what these cost.",
    permission: "add_task",
    input: Schema.Struct({ run: Fields.run, tasks: McpTasks.Tasks }),
    output: Schema.Struct({ run: Schema.String, added: Schema.Array(Schema.String) }),
    run: Effect.fnUntraced(function* (input) {
      const path = yield* Path.Path;
      const wanted = yield* RunWanted.open(input.run);
      const { holder, standing, state } = yield* RunLook.look(wanted, wanted.run);
      if (standing !== "running") return yield* new NotAtWork({ run: wanted.run, standing });
      const setup = yield* RunSetup.decode(wanted.run, state.context);
      const decoded = yield* Effect.fromResult(
        McpTasks.decodeAll(input.tasks, RunSetup.defaultsOf(setup)),
      );
      const hasCodegen = Array.from(state.tasks()).some(({ task }) => Routing.isForCodegen(task));
      const tasks = Routing.route(decoded, hasCodegen);
      const folder = path.join(wanted.project.root, ...RunRecord.home, wanted.run);
      const wish: Inbox.Wish = { _tag: "AddTasks", tasks };
      yield* Inbox.ask({ run: wanted.run, folder, pid: holder?.pid, wish });
      const added = tasks.map(({ id }) => id);
      return {
        text: `Added ${count(added.length, "task")} to the run ${wanted.run}: ${added.join(", ")}.`,
        data: { run: wanted.run, added },
      };
    }),
  });

/** With what they need. */
export const make = (parts: Parts): ReadonlyArray<McpTool.McpTool> => [
  run(parts),
  resume(parts),
  retry(parts),
  cancel(parts),
  decide(),
  addTask(),
];
