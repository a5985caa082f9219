/** What is wrong with a workflow, whatever its parameters are. */
import * as Result from "effect/Result";
import type * as Schema from "effect/Schema";
import { quote } from "../../Quote.ts";
import type { Task } from "../../Task.ts";
import * as Template from "../../Template.ts";
import type { Workflow, WorkflowTask } from "../../Workflow.ts";
import type { Conditions } from "./conditions.ts";
import { isRequired, unfit, unknownParameter } from "./parameters.ts";
import { isObject, parameterOf, type Path, payloadOf, textsIn, textsOf } from "./texts.ts";

/** One mistake, and where: a path as plan files have it, as `["tasks", 0, "when"]`. */
export interface Problem {
  readonly workflow: string;
  readonly path: Path;
  readonly message: string;
  /** It is about the last key of the path, whatever its value. */
  readonly isKey?: true;
}

/** What a workflow is looked at with. */
export interface Surroundings {
  /** Other workflows, by name. */
  readonly lookup: (name: string) => Workflow | undefined;
  /** The names there are, for suggestions. */
  readonly names: Iterable<string>;
  readonly conditions: Conditions;
}

/** How deep workflows may be tasks of workflows. */
export const mostLevels = 16;

/** What `uses` begins with where it names a workflow. */
export const usesPrefix = "workflow.";

/** The id of the task that holds the outputs of the whole workflow. */
export const outputsId = "outputs";

/** The names that the items of `forEach` have among the parameters. */
export const itemNames = ["item", "index"];

/** The workflow that a task is. */
export const workflowOf = (task: WorkflowTask): string | undefined => {
  const { uses } = payloadOf(task);
  return typeof uses === "string" && uses.startsWith(usesPrefix)
    ? uses.slice(usesPrefix.length)
    : undefined;
};

type Found = Omit<Problem, "workflow">;

/** What texts and conditions of a task may name. */
interface Names {
  readonly tasks: ReadonlyMap<string, unknown>;
  readonly params: ReadonlyArray<string>;
}

const ofReference = (reference: Template.Reference, names: Names): string | undefined => {
  const parameter = parameterOf(reference);
  if (parameter !== undefined) return strangeParameter(parameter, names, reference.text);
  return strangeTask(reference.task!, names, reference.text);
};

const strangeParameter = (name: string, { params }: Names, text: string): string | undefined => {
  if (params.includes(name)) return undefined;
  if (itemNames.includes(name)) return `${quote(text)}: there is no forEach that has it`;
  const known = params.length === 0 ? "there are none" : `there are ${params.join(", ")}`;
  return `${quote(text)}: there is no parameter ${quote(name)}; ${known}${Template.didYouMean(name, params)}`;
};

const strangeTask = (id: string, { tasks }: Names, text: string): string | undefined =>
  tasks.has(id)
    ? undefined
    : `${quote(text)}: the task ${quote(id)} does not exist${Template.didYouMean(id, tasks.keys())}`;

const ofText = (text: string, path: Path, names: Names): ReadonlyArray<Found> => {
  const found = Template.references(text);
  if (Result.isFailure(found)) return [{ path, message: found.failure.message }];
  return found.success.flatMap((reference) => {
    const message = ofReference(reference, names);
    return message === undefined ? [] : [{ path, message }];
  });
};

const ofCondition = (task: Task, names: Names, { conditions }: Surroundings) => {
  const { when } = payloadOf(task);
  if (when === undefined) return [];
  const at = (message: string): Found => ({ path: ["when"], message });
  if (typeof when !== "string") return [at("must be a condition as text")];
  const named = conditions.names(when);
  if (Result.isFailure(named)) return [at(named.failure)];
  const { params, tasks } = named.success;
  return [
    ...params.map((name) => strangeParameter(name, names, `params.${name}`)),
    ...tasks.map((id) => strangeTask(id, names, `tasks.${id}`)),
  ].flatMap((message) => (message === undefined ? [] : [at(message)]));
};

const ofForEach = ({ forEach }: WorkflowTask, names: Names): ReadonlyArray<Found> => {
  if (forEach === undefined) return [];
  const path = ["forEach"];
  if (Array.isArray(forEach)) {
    return textsIn(forEach, path).flatMap((one) => [
      ...ofText(one.text, one.path, names),
      ...(hasTask(one.text)
        ? [
            {
              path: one.path,
              message:
                "the items of a list must be known before anything runs; name an output that is a list instead",
            },
          ]
        : []),
    ]);
  }
  if (typeof forEach === "string") {
    const problems = ofText(forEach, path, names);
    if (problems.length > 0 || Template.alone(forEach) !== undefined) return problems;
  }
  const message =
    "must be a list, or one reference to a list, as {{ params.hosts }} or {{ tasks.scan.output.files }}";
  return [{ path, message }];
};

const hasTask = (text: string): boolean =>
  Result.getOrElse(Template.references(text), () => []).some(({ task }) => task !== undefined);

const hasReference = (value: Schema.Json): boolean =>
  textsIn(value, []).some(({ text }) => text.includes("{{"));

/** What is wrong with what a task gives the workflow that it is. */
const ofInner = (task: WorkflowTask, around: Surroundings): ReadonlyArray<Found> => {
  const name = workflowOf(task);
  if (name === undefined) return [];
  const inner = around.lookup(name);
  if (inner === undefined) {
    const names = [...around.names];
    const known = names.length === 0 ? "there are none" : `there are ${names.join(", ")}`;
    const message = `the workflow ${quote(name)} does not exist; ${known}${Template.didYouMean(name, names)}`;
    return [{ path: ["uses"], message }];
  }
  const { with: given = {} } = payloadOf(task);
  if (!isObject(given)) return [{ path: ["with"], message: "must be a mapping of parameters" }];
  return [...ofGiven(given, inner), ...ofList(task)];
};

const ofList = ({ forEach }: WorkflowTask): ReadonlyArray<Found> =>
  typeof forEach === "string" && hasTask(forEach)
    ? [
        {
          path: ["forEach"],
          message:
            "a workflow cannot be run for each item of an output, because its tasks must be known before anything runs; use a list or a parameter",
        },
      ]
    : [];

const ofGiven = (given: Schema.JsonObject, inner: Workflow): ReadonlyArray<Found> => {
  const late =
    "a parameter of a workflow must be known before anything runs, and an output is not; let a task within read it";
  return [
    ...Object.entries(given).flatMap(([key, value]): ReadonlyArray<Found> => {
      const path = ["with", key];
      const declared = Object.hasOwn(inner.parameters, key) ? inner.parameters[key] : undefined;
      if (declared === undefined)
        return [{ path, message: unknownParameter(key, inner), isKey: true }];
      const tooLate = textsIn(value, path).filter(({ text }) => hasTask(text));
      if (tooLate.length > 0) return tooLate.map((one) => ({ path: one.path, message: late }));
      const message = hasReference(value) ? undefined : unfit(declared, value);
      return message === undefined ? [] : [{ path, message }];
    }),
    ...Object.entries(inner.parameters)
      .filter(([key, declared]) => isRequired(declared) && !Object.hasOwn(given, key))
      .map(([key]) => ({
        path: ["with"],
        message: `the parameter ${quote(key)} of the workflow ${quote(inner.name)} is missing; add it`,
      })),
  ];
};

const ofTask = (
  { outputs, parameters, tasks: all }: Workflow,
  task: WorkflowTask,
  tasks: Names["tasks"],
  around: Surroundings,
): ReadonlyArray<Found> => {
  const outer = { tasks, params: Object.keys(parameters) };
  const names =
    task.forEach === undefined ? outer : { tasks, params: [...outer.params, ...itemNames] };
  const isTaken = all.length > 0 && task.id === outputsId && Object.keys(outputs).length > 0;
  return [
    ...(isTaken
      ? [
          {
            path: ["id"],
            message: `the id ${quote(outputsId)} is that of the outputs of the workflow; choose another`,
          },
        ]
      : []),
    ...(task.id.includes("/")
      ? [{ path: ["id"], message: `must not hold "/", which expansion puts between ids` }]
      : []),
    ...ofForEach(task, outer),
    ...textsOf(task).flatMap(({ path, text }) => ofText(text, path, names)),
    ...ofCondition(task, names, around),
    ...ofInner(task, around),
  ];
};

const parameterName = /^[A-Za-z_][A-Za-z0-9_]*$/;

const ofParameters = ({ parameters }: Workflow): ReadonlyArray<Found> =>
  Object.entries(parameters).flatMap(([name, declared]): ReadonlyArray<Found> => {
    const path = ["parameters", name];
    const { default: otherwise, enum: allowed = [], required, type } = declared;
    const unfitting = otherwise === undefined ? undefined : unfit(declared, otherwise);
    const item = { type };
    return [
      ...(parameterName.test(name)
        ? []
        : [
            {
              path,
              message:
                'a parameter is named with letters, digits and "_", not beginning with a digit',
              isKey: true as const,
            },
          ]),
      ...(itemNames.includes(name)
        ? [
            {
              path,
              message: `the name ${quote(name)} is that of forEach; choose another`,
              isKey: true as const,
            },
          ]
        : []),
      ...(required === true && otherwise !== undefined
        ? [
            {
              path: [...path, "required"],
              message: "what has a default need not be given; remove one of both",
            },
          ]
        : []),
      ...(unfitting === undefined ? [] : [{ path: [...path, "default"], message: unfitting }]),
      ...allowed.flatMap((value, index) => {
        const message = type === "list" ? undefined : unfit(item, value);
        return message === undefined ? [] : [{ path: [...path, "enum", index], message }];
      }),
    ];
  });

const ofOutputs = (workflow: Workflow, tasks: Names["tasks"]): ReadonlyArray<Found> => {
  const names = { tasks, params: Object.keys(workflow.parameters) };
  return textsIn(workflow.outputs, ["outputs"]).flatMap(({ path, text }) =>
    ofText(text, path, names),
  );
};

const own = (workflow: Workflow, around: Surroundings): ReadonlyArray<Problem> => {
  const tasks = new Map(workflow.tasks.map((task) => [task.id, task]));
  const inTasks = workflow.tasks.flatMap((task, index) =>
    ofTask(workflow, task, tasks, around).map((one) => ({
      ...one,
      path: ["tasks", index, ...one.path],
    })),
  );
  return [...ofParameters(workflow), ...inTasks, ...ofOutputs(workflow, tasks)].map((one) => ({
    workflow: workflow.name,
    ...one,
  }));
};

/** Goes through the workflows within a workflow, each once. */
class Walk {
  readonly problems: Array<Problem> = [];
  readonly #around: Surroundings;
  readonly #done = new Set<string>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  visit(workflow: Workflow, above: ReadonlyArray<string>): void {
    this.#done.add(workflow.name);
    this.problems.push(...own(workflow, this.#around));
    const path = [...above, workflow.name];
    for (const [index, task] of workflow.tasks.entries()) {
      const name = workflowOf(task);
      const inner = name === undefined ? undefined : this.#around.lookup(name);
      if (name === undefined || inner === undefined) continue;
      const refuse = (message: string) =>
        this.problems.push({ workflow: workflow.name, path: ["tasks", index, "uses"], message });
      if (path.includes(name)) {
        const round = [...path.slice(path.indexOf(name)), name].join(" → ");
        refuse(`a workflow cannot be a task of itself: ${round}; remove one of these`);
      } else if (path.length >= mostLevels) {
        refuse(
          `workflows within workflows go at most ${mostLevels} levels deep: ${path.join(" → ")}`,
        );
      } else if (!this.#done.has(name)) this.visit(inner, path);
    }
  }
}

/** Everything wrong with a workflow and those that are tasks of it, as far as that does not depend on parameters. */
export const check = (workflow: Workflow, around: Surroundings): ReadonlyArray<Problem> => {
  const walk = new Walk({
    ...around,
    lookup: (name) => (name === workflow.name ? workflow : around.lookup(name)),
  });
  walk.visit(workflow, []);
  return walk.problems;
};

/** A mistake for people, with its place. */
export const sentence = ({ message, path, workflow }: Problem): string =>
  `${workflow}: ${path.join(".")}: ${message}`;

/** The workflows that are tasks of a workflow. */
export const uses = ({ tasks }: Pick<Workflow, "tasks">): ReadonlyArray<string> => [
  ...new Set(tasks.flatMap((task) => workflowOf(task) ?? [])),
];
