/** Tools that look at runs: `status`, `results`, `list_held` and `health`. */
import { ResultManager } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as HeldTasks from "../operator/HeldTasks.ts";
import * as RunHealth from "../run/RunHealth.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunStatus from "../run/RunStatus.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import { count } from "../view/Words.ts";
import * as Fields from "./McpFields.ts";
import * as McpTool from "./McpTool.ts";

/** A run in one row. */
export const Row = {
  run: Schema.String,
  plan: Schema.String,
  status: Schema.String,
  started_at: Fields.maybe,
  ended_at: Fields.maybe,
  total: Schema.Int,
  succeeded: Schema.Int,
  failed: Schema.Int,
  held: Schema.Int,
  skipped: Schema.Int,
  cancelled: Schema.Int,
  at_work: Schema.Int,
  waiting: Schema.Int,
};

/** The fields of a row, without what only people need. */
export const row = (found: RunStatus.RunRow): Schema.Struct<typeof Row>["Type"] => ({
  run: found.run,
  plan: found.plan,
  status: found.status,
  started_at: found.started_at,
  ended_at: found.ended_at,
  total: found.total,
  succeeded: found.succeeded,
  failed: found.failed,
  held: found.held,
  skipped: found.skipped,
  cancelled: found.cancelled,
  at_work: found.at_work,
  waiting: found.waiting,
});

/** With more than this of a kind, the others are counted. */
const shown = 50;

const status = McpTool.make({
  name: "status",
  title: "How far a run is",
  description:
    "Shows how far a run is: counts, what agents work on now, what waits for a slot or for its next attempt, what is held, what failed last, and what it used.",
  hasForeignText: true,
  input: Schema.Struct({ run: Fields.run }),
  output: Schema.Struct({
    ...Row,
    mode: Schema.String,
    concurrency: Schema.Int,
    stopping: Fields.maybe,
    paused: Schema.Array(
      Schema.Struct({ message: Schema.String, until: Fields.maybe, agent: Fields.maybe }),
    ),
    launches: Schema.Int,
    cost_usd: Schema.NullOr(Schema.Finite),
    at_work_now: Schema.Array(
      Schema.Struct({
        task: Schema.String,
        phase: Schema.String,
        attempt: Schema.Int,
        agent: Schema.String,
        since: Schema.String,
        progress: Fields.maybe,
        url: Fields.maybe,
      }),
    ),
    ready: Schema.Array(Schema.String),
    backing_off: Schema.Array(
      Schema.Struct({ task: Schema.String, until: Schema.String, error: Fields.maybe }),
    ),
    held_tasks: Schema.Array(Schema.Struct({ task: Schema.String, question: Schema.String })),
    decided: Schema.Array(Schema.Struct({ task: Schema.String, answer: Schema.String })).annotate({
      description: "Tasks whose answer takes effect when the run is resumed",
    }),
    last_failures: Schema.Array(
      Schema.Struct({ task: Schema.String, attempts: Schema.Int, error: Fields.maybe }),
    ),
    left_out: Schema.Int.annotate({ description: "Entries of these lists that are not shown" }),
  }),
  run: Effect.fnUntraced(function* ({ run }) {
    const wanted = yield* RunWanted.open(run);
    const look = yield* RunLook.look(wanted, wanted.run);
    const all = RunStatus.make(look, yield* Clock.currentTimeMillis);
    const lists = [all.at_work_now, all.ready, all.backing_off, all.held_tasks, all.decided];
    const costUsd = all.usage.costUsd;
    return {
      text: `The run ${all.run} of ${all.plan} is ${all.status}: ${all.succeeded} of ${count(all.total, "task")} succeeded, ${all.failed} failed, ${all.held} held, ${all.at_work} at work, ${all.waiting} waiting.`,
      data: {
        ...row(all),
        mode: all.mode,
        concurrency: all.concurrency,
        stopping: all.stopping,
        paused: all.paused.map(({ agent, message, until }) => ({ message, until, agent })),
        launches: all.usage.launches,
        cost_usd: costUsd ?? null,
        at_work_now: all.at_work_now
          .slice(0, shown)
          .map(({ agent, attempt, phase, progress, since, task, url }) => ({
            task,
            phase,
            attempt,
            agent,
            since,
            progress,
            url,
          })),
        ready: all.ready.slice(0, shown),
        backing_off: all.backing_off
          .slice(0, shown)
          .map(({ error, task, until }) => ({ task, until, error })),
        held_tasks: all.held_tasks.slice(0, shown),
        decided: all.decided.slice(0, shown),
        last_failures: all.last_failures.map(({ attempts, error, task }) => ({
          task,
          attempts,
          error,
        })),
        left_out: lists.reduce((sum, { length }) => sum + Math.max(0, length - shown), 0),
      },
    };
  }),
});

const results = McpTool.make({
  name: "results",
  title: "What came out of a run",
  description:
    "Gives what came out of each task of a run, some at a time: outcome, error, output, commit and attempts.",
  hasForeignText: true,
  input: Schema.Struct({
    run: Fields.run,
    status: Schema.optionalKey(
      Schema.String.annotate({ description: "Only tasks of this status, as failed" }),
    ),
    task: Schema.optionalKey(Fields.task),
    ...Fields.page,
  }),
  output: Schema.Struct({
    run: Schema.String,
    plan: Schema.String,
    outcome: Schema.String,
    tasks: Schema.Array(
      Schema.Struct({
        task: Schema.String,
        title: Schema.String,
        status: Schema.String,
        agent: Fields.maybe,
        attempts: Schema.Int,
        start_time: Fields.maybe,
        end_time: Fields.maybe,
        duration_seconds: Schema.NullOr(Schema.Finite),
        error: Fields.maybe,
        summary: Fields.maybe,
        output: Schema.Unknown,
        commit: Fields.maybe,
        url: Fields.maybe,
      }),
    ),
    ...Fields.paged,
  }),
  run: Effect.fnUntraced(function* (input) {
    const wanted = yield* RunWanted.open(input.run);
    const { standing, state } = yield* RunLook.look(wanted, wanted.run);
    const wantedRows = [...ResultManager.rows(state)].filter(
      (one) =>
        (input.status === undefined || one.status === input.status.toLowerCase()) &&
        (input.task === undefined || one.task_id === input.task),
    );
    const { items, place } = Fields.cut(wantedRows, input);
    return {
      text: `The run ${wanted.run} of ${state.plan}: ${standing}. Results of ${count(items.length, "task")}.${Fields.more(place)}`,
      data: {
        run: wanted.run,
        plan: state.plan,
        outcome: standing,
        tasks: items.map((one) => ({
          task: one.task_id,
          title: one.title,
          status: one.status,
          agent: one.agent,
          attempts: one.attempts.length,
          start_time: one.start_time,
          end_time: one.end_time,
          duration_seconds: one.duration_seconds,
          error: one.error,
          summary: one.summary,
          output: one.output,
          commit: one.commit,
          url: one.attempts.at(-1)?.url ?? null,
        })),
        ...place,
      },
    };
  }),
});

const listHeld = McpTool.make({
  name: "list_held",
  title: "What waits for a person",
  description:
    "Lists the tasks of a run that are held: what each asks, since when, how many others wait for it, and the decisions that are possible.",
  hasForeignText: true,
  input: Schema.Struct({ run: Fields.run, ...Fields.page }),
  output: Schema.Struct({
    run: Schema.String,
    held: Schema.Array(
      Schema.Struct({
        task: Schema.String,
        title: Fields.maybe,
        question: Schema.String,
        since: Fields.maybe,
        attempt: Schema.NullOr(Schema.Int),
        agent: Fields.maybe,
        agent_run: Fields.maybe,
        url: Fields.maybe,
        waiting: Schema.Int,
        decisions: Schema.Array(Schema.String),
      }),
    ),
    ...Fields.paged,
  }),
  run: Effect.fnUntraced(function* (input) {
    const { command } = yield* Screen;
    const wanted = yield* RunWanted.open(input.run);
    const { state } = yield* RunRecord.tell(wanted.journal, wanted.run);
    const { items, place } = Fields.cut(HeldTasks.list(state, wanted.name, command), input);
    return {
      text: `${count(place.total, "task")} of the run ${wanted.run} ${place.total === 1 ? "is" : "are"} held.${Fields.more(place)}`,
      data: {
        run: wanted.run,
        held: items.map(({ decisions, ...one }) => ({
          task: one.task,
          title: one.title,
          question: one.question,
          since: one.since,
          attempt: one.attempt,
          agent: one.agent,
          agent_run: one.agent_run,
          url: one.url,
          waiting: one.waiting,
          decisions: decisions.map(({ decision }) => decision),
        })),
        ...place,
      },
    };
  }),
});

const health = McpTool.make({
  name: "health",
  title: "How a run is doing",
  description:
    "Sums up how a run is doing: queue and waits, how busy its slots are, failures by class, slowest tasks, budgets of APIs, and what needs somebody.",
  hasForeignText: true,
  input: Schema.Struct({ run: Fields.run }),
  output: Schema.Struct({
    run: Schema.String,
    plan: Schema.String,
    status: Schema.String,
    health: Schema.Record(Schema.String, Schema.Unknown),
  }),
  run: Effect.fnUntraced(function* (input) {
    const wanted = yield* RunWanted.open(input.run);
    const { plan, run, status: standing, ...rest } = yield* RunHealth.of(wanted);
    const { concerns, queue, slots } = rest;
    return {
      text: `The run ${run} of ${plan} is ${standing}: ${slots.busy} of ${count(slots.total, "slot")} busy, ${count(queue.length, "task")} in the queue, ${count(concerns.length, "concern")}.`,
      data: { run, plan, status: standing, health: { ...rest } },
    };
  }),
});

export const all: ReadonlyArray<McpTool.McpTool> = [status, results, listHeld, health];
