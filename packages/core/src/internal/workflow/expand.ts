/** Expands a workflow with its parameters into the tasks of a plan. */
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import { agentName } from "../../Action.ts";
import { type Dependency, dependencies, type Task, type TaskId } from "../../Task.ts";
import * as Template from "../../Template.ts";
import type { Workflow, WorkflowTask } from "../../Workflow.ts";
import { check, outputsId, type Problem, type Surroundings, workflowOf } from "./check.ts";
import * as Groups from "./groups.ts";
import { postpone, type Unit } from "./later.ts";
import { type Arguments, argumentsFor } from "./parameters.ts";
import { filledJson, type Path, payloadOf, referencesIn, textsIn, textsOf } from "./texts.ts";

/** A workflow as tasks. */
export interface Expansion {
  readonly tasks: ReadonlyArray<Task>;
  /** The workflows that are tasks of it, at every level. */
  readonly used: ReadonlyArray<string>;
}

/** The most tasks that a workflow may become. */
const mostTasks = 100_000;

/** Items of a list tend to be wrong in the same way. */
const mostProblems = 100;

/** A workflow while it is expanded. */
interface Scope {
  readonly workflow: Workflow;
  readonly params: Arguments;
  /** Before the ids of its tasks. */
  readonly prefix: string;
  /** What its tasks wait for that wait for nothing within. */
  readonly entry: ReadonlyArray<Dependency>;
}

/** A task of a workflow, in its scope. */
interface Placed {
  readonly scope: Scope;
  readonly index: number;
  readonly task: WorkflowTask;
  readonly id: TaskId;
  readonly dependsOn: ReadonlyArray<Dependency>;
  readonly params: Arguments;
}

class TooMany extends Error {}

class Expander {
  readonly units: Array<Unit> = [];
  readonly problems: Array<Problem> = [];
  readonly used = new Set<string>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Expands all tasks of a workflow, and answers with what stands for each. */
  level(scope: Scope): ReadonlyArray<Task> {
    return scope.workflow.tasks.map((task, index) => {
      const stated = this.#dependsOn(scope, task);
      const dependsOn = stated.length === 0 ? scope.entry : stated;
      const { params, prefix } = scope;
      return this.#task({ scope, index, task, id: prefix + task.id, dependsOn, params });
    });
  }

  /** Expands a workflow with the task that holds its outputs, and stands for all of it. */
  outputs(scope: Scope, of: Pick<Task, "id" | "title">): Task {
    const before = this.units.length;
    const members = this.level(scope);
    const mayBeLeftOut = this.units.slice(before).some(({ task }) => Groups.isConditional(task));
    const own = Groups.onMembers(
      members.map(({ id }) => id),
      mayBeLeftOut,
    );
    const dependsOn = own.length === 0 || mayBeLeftOut ? Groups.joined(own, scope.entry) : own;
    const outputs = filledJson(scope.workflow.outputs, {
      params: scope.params,
      rename: (task) => scope.prefix + task,
    });
    const { id, title } = of;
    return this.#push(
      Groups.joining(
        { id, ...(title === undefined ? {} : { title }), dependsOn },
        { uses: Groups.actionNames.outputs, outputs, params: scope.params },
      ),
    );
  }

  #push(task: Task, group?: TaskId): Task {
    if (this.units.length >= mostTasks) throw new TooMany();
    this.units.push(group === undefined ? { task } : { task, group });
    return group === undefined ? task : { ...task, id: group };
  }

  /** What a task says that it waits for, and what its texts and its condition refer to. */
  #dependsOn({ prefix }: Scope, task: WorkflowTask): ReadonlyArray<Dependency> {
    const { when } = payloadOf(task);
    const named =
      typeof when === "string"
        ? Result.match(this.#around.conditions.names(when), {
            onSuccess: ({ tasks }) => tasks,
            onFailure: () => [],
          })
        : [];
    const texts = [...textsOf(task), ...textsIn(task.forEach, [])];
    const referred = texts.flatMap(({ text }) =>
      referencesIn(text).flatMap((reference) => reference.task ?? []),
    );
    const implied = [...named, ...referred].map((id) => ({ task: id }));
    return Groups.joined(dependencies(task), implied).map((one) => ({
      ...one,
      task: prefix + one.task,
    }));
  }

  #task(placed: Placed): Task {
    const { forEach } = placed.task;
    if (forEach === undefined) return this.#one(placed);
    const known = this.#known(placed);
    const list = filledJson(forEach, known);
    if (typeof list === "string" && Template.alone(list)?.task !== undefined) {
      return this.#discovering(placed, list);
    }
    if (Array.isArray(list)) return this.#items(placed, list as ReadonlyArray<Schema.Json>);
    const message = `must be a list, found ${JSON.stringify(list).slice(0, 100)}`;
    return this.#wrong(placed, ["forEach"], message);
  }

  #known({ params, scope: { prefix } }: Placed) {
    return { params, rename: (task: TaskId) => prefix + task };
  }

  /** One task for each item, and what stands for all of them. */
  #items(placed: Placed, list: ReadonlyArray<Schema.Json>): Task {
    if (list.length > mostTasks) throw new TooMany();
    const { id, params, task } = placed;
    const tasks = list.map((item, index) =>
      this.#one({ ...placed, id: Groups.itemId(id, index), params: { ...params, item, index } }),
    );
    const { title } = task;
    const plain = title === undefined || title.includes("{{") ? {} : { title };
    return this.#push(Groups.listOf({ id, ...plain, dependsOn: placed.dependsOn }, tasks));
  }

  /** The task that finds out a list and adds the tasks for its items to the run. */
  #discovering(placed: Placed, list: string): Task {
    const { dependsOn, id } = placed;
    const forEach = { task: this.#plain(placed) as unknown as Schema.Json };
    const task: Task = {
      id: `${id}/list`,
      title: `the items of ${id}`,
      agent: agentName,
      dependsOn,
      payload: { uses: Groups.actionNames.forEach, with: { list }, forEach },
    };
    return this.#push(task, id);
  }

  #one(placed: Placed): Task {
    return workflowOf(placed.task) === undefined
      ? this.#push(this.#plain(placed))
      : this.#workflow(placed);
  }

  /** The task as the engine takes it. */
  #plain(placed: Placed): Task {
    const { dependsOn, id, params, task } = placed;
    const { forEach: _, ...stated } = task;
    const own: Task = { ...stated, id, ...(dependsOn.length === 0 ? {} : { dependsOn }) };
    const { conditions } = this.#around;
    const result = Groups.withParameters(own, params, conditions, this.#known(placed).rename);
    return Result.getOrElse(result, (message) => this.#wrong(placed, ["when"], message));
  }

  /** The tasks of a workflow that is a task of another, and what stands for all of them. */
  #workflow(placed: Placed): Task {
    const { id, params, task } = placed;
    const name = workflowOf(task)!;
    const workflow = this.#around.lookup(name)!;
    this.used.add(name);
    const { uses: _uses, with: given = {}, ...payload } = payloadOf(task);
    const values = argumentsFor(workflow, filledJson(given, this.#known(placed)) as Arguments);
    if (Result.isFailure(values)) {
      for (const { message, parameter } of values.failure) {
        this.#wrong(placed, ["with", parameter], message);
      }
      return placed.task;
    }
    const stated: WorkflowTask = { ...task, payload };
    const own = this.#plain({ ...placed, task: stated });
    const prefix = `${id}/`;
    if (this.#isLeftOut(payload["when"], params)) {
      const nothing = { ...payloadOf(own), uses: Groups.actionNames.outputs, outputs: {} };
      return this.#push({ ...own, agent: agentName, payload: nothing });
    }
    const entry = Groups.isConditional(own) ? [this.#gate(own)] : placed.dependsOn;
    const scope = { workflow, params: values.success, prefix, entry };
    const { title } = own;
    return this.outputs(scope, { id, ...(title === undefined ? {} : { title }) });
  }

  #isLeftOut(when: Schema.Json | undefined, params: Arguments): boolean {
    if (typeof when !== "string") return false;
    const holds = this.#around.conditions.decide(when, params);
    return Result.isSuccess(holds) && holds.success === false;
  }

  /** What holds the condition of a workflow that is a task: all of it waits for this one. */
  #gate(own: Task): Dependency {
    const { params, when } = payloadOf(own);
    const kept = params === undefined ? {} : { params };
    const { id, dependsOn = [] } = own;
    const payload = { uses: Groups.actionNames.outputs, outputs: {}, when: when!, ...kept };
    return { task: this.#push(Groups.joining({ id: `${id}/.when`, dependsOn }, payload)).id };
  }

  #wrong({ index, scope, task }: Placed, path: Path, message: string): Task {
    const at = { workflow: scope.workflow.name, path: ["tasks", index, ...path], message };
    const text = JSON.stringify(at);
    const isTold = this.problems.some((one) => JSON.stringify(one) === text);
    if (!isTold && this.problems.length < mostProblems) this.problems.push(at);
    return task;
  }
}

/**
 * The tasks of a workflow with the given values of its parameters, or what is wrong with it.
 *
 * The same workflow and the same values always give the same tasks.
 */
export const expand = (
  workflow: Workflow,
  params: Arguments,
  around: Surroundings,
): Result.Result<Expansion, ReadonlyArray<Problem>> => {
  const problems = check(workflow, around);
  if (problems.length > 0) return Result.fail(problems);
  const expander = new Expander(around);
  try {
    const scope = { workflow, params, prefix: "", entry: [] };
    const isAsked = Object.keys(workflow.outputs).length > 0;
    if (isAsked) expander.outputs(scope, { id: outputsId });
    else expander.level(scope);
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    const message = `becomes more than ${mostTasks} tasks, which is the most; use shorter lists`;
    return Result.fail([{ workflow: workflow.name, path: ["tasks"], message }]);
  }
  if (expander.problems.length > 0) return Result.fail(expander.problems);
  return Result.succeed({ tasks: postpone(expander.units), used: [...expander.used] });
};
