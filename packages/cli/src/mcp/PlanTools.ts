/** Tools that look at plans: `plan` and `why`. */
import type { Explanation } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import * as PlanOutline from "../plan/PlanOutline.ts";
import * as PlanRead from "../plan/PlanRead.ts";
import { settings as how } from "../plan/PlanSettings.ts";
import { count } from "../view/Words.ts";
import * as WhyTask from "../operator/WhyTask.ts";
import * as Fields from "./McpFields.ts";
import * as McpPlans from "./McpPlans.ts";
import * as McpTool from "./McpTool.ts";

const noFlags = { concurrency: Option.none(), mode: Option.none() };

const PlannedTask = Schema.Struct({
  id: Schema.String,
  title: Schema.String,
  url: Fields.maybe,
  agent: Fields.maybe,
  priority: Schema.Finite,
  wave: Schema.NullOr(Schema.Int),
  blocked: Fields.maybe,
  dependsOn: Schema.Array(
    Schema.Struct({ on: Schema.String, gate: Schema.String, satisfied: Schema.Boolean }),
  ),
});

const Problem = Schema.Struct({
  kind: Schema.String,
  severity: Schema.Literals(["error", "warning"]),
  message: Schema.String,
  tasks: Schema.Array(Schema.String),
  file: Fields.maybe,
  line: Schema.NullOr(Schema.Int),
});

const mostProblems = 100;

const plan = (settings: McpPlans.Settings) =>
  McpTool.make({
    name: "plan",
    title: "Look at a plan",
    description:
      "Reads and checks a plan (a file, or open issues of GitHub) without running anything: its tasks with what each waits for, its problems, the critical path, and what would start first.",
    hasForeignText: true,
    input: Schema.Struct({ ...McpPlans.fields, ...Fields.page }),
    output: Schema.Struct({
      plan: Schema.String,
      file: Fields.maybe,
      mode: Schema.String,
      concurrency: Schema.Int,
      launches: Schema.Int,
      can_run: Schema.Boolean,
      tasks: Schema.Array(PlannedTask),
      ...Fields.paged,
      problems: Schema.Array(Problem),
      problems_left_out: Schema.Int,
      critical_path: Schema.Array(Schema.String),
      starts_first: Schema.Array(Schema.String),
    }),
    run: Effect.fnUntraced(function* (input) {
      const read = yield* PlanRead.read(yield* McpPlans.flags(input, settings));
      const outline = outlineOf(read);
      const { items, place } = Fields.cut(outline.tasks, input);
      const errors = outline.problems.filter(({ severity }) => severity === "error").length;
      return {
        text: `${outline.plan}: ${count(outline.tasks.length, "task")}, ${count(errors, "error")}, ${count(outline.problems.length - errors, "warning")}.${Fields.more(place)}`,
        data: {
          plan: outline.plan,
          file: outline.file,
          mode: outline.mode,
          concurrency: outline.concurrency,
          launches: outline.launches,
          can_run: errors === 0 && outline.launches > 0,
          tasks: items.map(planned),
          ...place,
          problems: outline.problems.slice(0, mostProblems).map(problem),
          problems_left_out: Math.max(0, outline.problems.length - mostProblems),
          critical_path: outline.criticalPath,
          starts_first: outline.startsFirst,
        },
      };
    }),
  });

const outlineOf = (read: PlanRead.PlanRead): PlanOutline.PlanOutline =>
  read._tag === "PlanFile"
    ? PlanOutline.ofFile(read.checked, how(noFlags, read.checked.plan, read.config))
    : PlanOutline.ofBacklog(read.backlog, how(noFlags, undefined, read.config));

const planned = (task: PlanOutline.OutlinedTask): typeof PlannedTask.Type => ({
  id: task.id,
  title: task.title,
  url: task.url,
  agent: task.agent,
  priority: task.priority,
  wave: task.wave,
  blocked: task.blocked,
  dependsOn: task.dependencies.map(({ gate, on, satisfied }) => ({ on, gate, satisfied })),
});

const problem = (one: PlanOutline.OutlinedProblem): typeof Problem.Type => ({
  kind: one.kind,
  severity: one.severity,
  message: one.message,
  tasks: one.tasks,
  file: one.file,
  line: one.line,
});

const where = {
  id: Schema.String,
  title: Fields.maybe,
  url: Fields.maybe,
  state: Schema.String,
  summary: Schema.String,
};

/** As many as an assistant needs to know what to do. */
const whyLimits = { dependencies: 50, causes: 50, roots: 10 };

const why = (settings: McpPlans.Settings) =>
  McpTool.make({
    name: "why",
    title: "Why a task is not running",
    description:
      "Explains why a task of a run or of a plan is not running: what it waits for, down to where that begins, and what can be done about it.",
    hasForeignText: true,
    input: Schema.Struct({ task: Fields.task, run: Fields.run, ...McpPlans.fields }),
    output: Schema.Struct({
      ...where,
      from: Schema.Struct({ kind: Schema.String, name: Schema.String, standing: Fields.maybe }),
      halted: Fields.maybe,
      dependencies: Schema.Array(
        Schema.Struct({ ...where, gate: Schema.String, satisfied: Schema.Boolean }),
      ),
      dependencies_left_out: Schema.Int,
      causes: Schema.Array(
        Schema.Struct({ ...where, waited_for_by: Schema.String, depth: Schema.Int }),
      ),
      causes_left_out: Schema.Int,
      roots: Schema.Array(Schema.Struct({ ...where, waiting: Schema.Int })),
      roots_left_out: Schema.Int,
      steps: Schema.Array(Schema.Struct({ what: Schema.String, command: Schema.String })),
    }),
    run: Effect.fnUntraced(function* (input) {
      const flags = yield* McpPlans.flags(input, settings);
      const run = Option.fromUndefinedOr(input.run);
      const answer = yield* WhyTask.explain({ ...flags, task: input.task, run }, whyLimits);
      return {
        text: `${answer.id}: ${answer.summary}`,
        data: {
          ...placed(answer),
          from: answer.from,
          halted: answer.halted,
          dependencies: answer.dependencies.map((one) => ({
            ...placed(one),
            gate: one.gate,
            satisfied: one.satisfied,
          })),
          dependencies_left_out: answer.dependenciesLeftOut,
          causes: answer.causes.map((one) => ({
            ...placed(one),
            waited_for_by: one.waitedForBy,
            depth: one.depth,
          })),
          causes_left_out: answer.causesLeftOut,
          roots: answer.roots.map((one) => ({ ...placed(one), waiting: one.waiting })),
          roots_left_out: answer.rootsLeftOut,
          steps: answer.steps.map(({ command, what }) => ({ what, command })),
        },
      };
    }),
  });

const placed = ({ id, state, summary, title, url }: Explanation.Where) => ({
  id,
  title,
  url,
  state,
  summary,
});

/** With what the operator gave the server. */
export const make = (settings: McpPlans.Settings): ReadonlyArray<McpTool.McpTool> => [
  plan(settings),
  why(settings),
];
