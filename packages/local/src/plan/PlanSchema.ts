/**
 * The shape of a plan file, with a sentence on every key for editors.
 *
 * Messages say what is allowed and what was found. `schema/plan.schema.json` is
 * generated from this file.
 */
import * as v from "valibot";
import {
  choice,
  inQuotes,
  list,
  mapping,
  must,
  number,
  positive,
  record,
  text,
  whole,
} from "../DataSchema.ts";
import { Args } from "../AgentSchema.ts";
import { InPlan, VariableNames } from "../HookSchema.ts";
import * as Presets from "../presets/Presets.ts";
import { parseSeconds, pattern as durationPattern } from "./PlanDuration.ts";

const described = <S extends v.GenericSchema>(schema: S, sentence: string) =>
  v.exactOptional(v.pipe(schema, v.description(sentence)));

const duration = (limit: "above 0" | "of 0 or more") => {
  const allowed = `be a duration ${limit}: seconds as a number, or text such as "10m", "1h30m", "45s", "250ms"`;
  const fits = (seconds: number | undefined) =>
    seconds !== undefined &&
    Number.isFinite(seconds) &&
    (limit === "above 0" ? seconds > 0 : seconds >= 0);
  return v.union(
    [
      limit === "above 0"
        ? v.pipe(number(allowed), v.gtValue(0, must(allowed)))
        : v.pipe(number(allowed), v.minValue(0, must(allowed))),
      v.pipe(
        v.string(must(allowed)),
        v.regex(durationPattern, must(allowed)),
        v.check((found) => fits(parseSeconds(found)), must(allowed)),
      ),
    ],
    must(allowed),
  );
};

const idRule =
  'be an id: at most 100 letters, digits, ".", "_" and "-", a letter, digit or "_" at both ends, no "..", no ".lock" at the end, no part "output"';

/**
 * What can be part of a branch and file name everywhere, and of a reference to
 * an output (hence no part `output`).
 */
export const idPattern =
  /^(?!.*\.\.)(?!.*\.lock$)(?!.*\.output(?:\.|$))[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_])?$/;

const Id = v.pipe(v.string(must(idRule, inQuotes)), v.regex(idPattern, must(idRule)));

const branchRule = 'be a branch name without spaces, "..", "~^:?*[\\\\" or a leading "-"';
const branchPattern =
  /^(?![-/])(?!.*(?:\.\.|\/\/|@\{))(?!.*(?:\/|\.|\.lock)$)[^\s~^:?*[\\\u0000-\u001f\u007f]+$/;

/** Variables that the command agent sets itself. */
export const reserved: ReadonlyArray<string> = [
  "RUN_ID",
  "TASK_ID",
  "ATTEMPT",
  "PROMPT_FILE",
  "OUTPUT",
  "DISCOVERED",
];
const envRule = `have as names letters, digits and "_", not beginning with a digit and none of ORCHESTRATOR_{${reserved.join(",")}}`;
const envPattern = new RegExp(
  `^(?!ORCHESTRATOR_(?:${reserved.join("|")})$)[A-Za-z_][A-Za-z0-9_]*$`,
);
const envValue = "be text, a number, true or false";

const Env = record(
  v.pipe(v.string(), v.regex(envPattern, must(envRule))),
  v.union(
    [v.string(), number(envValue), v.boolean()],
    must(envValue, () => ""),
  ),
  "a mapping of names to values",
);

const Resources = record(
  v.pipe(v.string(), v.minLength(1, must("have names that are not empty"))),
  positive(),
  "a mapping of resource names to numbers above 0",
);

const runRule = "be a command line (text) or an argument list with at least one item";
const Run = v.union(
  [
    v.pipe(v.string(must(runRule)), v.regex(/\S/, must(runRule))),
    v.pipe(
      v.array(v.string(must("be text", inQuotes)), must(runRule)),
      v.minLength(1, must(runRule)),
      v.check((words) => words[0] !== "", must("name a program in its first item")),
    ),
  ],
  must(runRule),
);

const textsRule = "be text or a list of texts, none of them empty";
const Texts = v.union(
  [
    v.pipe(v.string(must(textsRule, inQuotes)), v.regex(/\S/, must(textsRule))),
    v.pipe(
      v.array(
        v.pipe(
          v.string(must("be text", inQuotes)),
          v.regex(/\S/, must("be text that is not empty")),
        ),
        must(textsRule),
      ),
      v.minLength(1, must(textsRule)),
    ),
  ],
  must(textsRule, inQuotes),
);

const branch = (rule: string, pattern: RegExp) =>
  v.pipe(v.string(must(rule, inQuotes)), v.regex(pattern, must(rule)));

const gate = choice(["agent-ended", "pr-open", "checks-green", "merged"]);
const policy = choice(["skip", "run-anyway", "hold"]);

const dependencyRule = "be a task id, or a mapping { task, until, onFailure, stack }";
const DependsOn = list(
  v.union(
    [
      text(dependencyRule),
      mapping(
        {
          task: v.pipe(text("be a task id"), v.description("The task that must come first.")),
          until: described(gate, "What must have happened to it; default: the run's gate."),
          onFailure: described(policy, "What to do if it does not succeed."),
          stack: described(
            v.boolean(must("be true or false")),
            "Whether the agent begins at its change while that has not landed; for one dependency at most.",
          ),
        },
        "a mapping { task, until, onFailure, stack }",
      ),
    ],
    must(dependencyRule, inQuotes),
  ),
  "a list of task ids or mappings { task, until, onFailure, stack }",
);

/** What an agent that takes prompts is told beside the prompt. */
const besidePrompt = {
  acceptance: described(Texts, "What must hold for the task to be done."),
  links: described(Texts, "Addresses worth reading."),
  rules: described(Texts, "Rules for the agent beside those that it always has."),
  branch: described(
    branch(
      `${branchRule}, or hold {{ tasks.<id>.output.<name> }}`,
      new RegExp(`\\{\\{|${branchPattern.source}`),
    ),
    "The branch that the agent works from.",
  ),
  model: described(text("be the name of a model"), "The model that the agent uses."),
};

/** The keys of a task that only agents which take prompts read; commands get none of them. */
export const promptKeys = Object.keys(besidePrompt) as ReadonlyArray<keyof typeof besidePrompt>;

/** What a plan gives one coding agent of this machine. */
const AgentInput = mapping(
  {
    args: described(
      Args,
      "Arguments of the program besides its own, as those that let it do more.",
    ),
    passEnv: described(
      VariableNames,
      "Names of further variables of the environment that it gets.",
    ),
  },
  "a mapping { args, passEnv }",
);
export type AgentInput = v.InferOutput<typeof AgentInput>;

const AgentsInput = mapping(
  Object.fromEntries(
    Presets.all.map(({ name, title }) => [name, described(AgentInput, `How ${title} is started.`)]),
  ),
  `a mapping with keys of ${Presets.names.join(", ")}`,
);

const shared = {
  prompt: described(
    text(),
    "What the agent is asked to do. May hold {{ tasks.<id>.output.<name> }}.",
  ),
  ...besidePrompt,
  run: described(
    Run,
    "The command: a line for the shell, or an argument list that is run without one. References are quoted in a line for the shell.",
  ),
  agent: described(
    text("be the name of an agent"),
    `The agent that takes the task: ${["local", "codegen", ...Presets.names].join(", ")}.`,
  ),
  priority: described(number("be a number"), "Higher goes first; default: 0."),
  timeout: described(duration("above 0"), "The longest one attempt may take: seconds, or as 10m."),
  estimate: described(duration("above 0"), "How long the task is expected to take."),
  retry: described(
    mapping(
      {
        attempts: described(whole(0), "All tries, the first included; 0 and 1: no retry."),
        delay: described(duration("of 0 or more"), "The wait before the second try; it grows."),
      },
      "a mapping { attempts, delay }",
    ),
    "How often the task is tried, and the wait between.",
  ),
  onDependencyFailure: described(policy, "What to do when a dependency does not succeed."),
  resources: described(Resources, "Capacities it occupies while an agent works on it."),
  claims: described(
    list(text("be a glob of files"), "a list of globs of files"),
    "Globs of the files it will change; tasks whose claims overlap never run together.",
  ),
  env: described(Env, "Environment variables of the command."),
  expectChange: described(
    v.boolean(must("be true or false")),
    "Whether ending without a change is a failure.",
  ),
};

/** What a step that is a function is, and what any task may be skipped for. */
const step = {
  uses: described(
    text("be the name of an action, as shell.run"),
    "The action that the task runs, in place of a command or an agent.",
  ),
  with: described(
    record(v.string(), v.unknown(), "a mapping, the input of the action"),
    "The input of the action. May hold {{ tasks.<id>.output.<name> }}.",
  ),
  when: described(
    text('be a condition, as params.env == "prod"'),
    "A condition in CEL on params and tasks.<id>.output or .outcome; the task is skipped if it is false.",
  ),
};

/** A task as a plan file states it. */
export const TaskInput = mapping(
  {
    id: v.pipe(Id, v.description("The name of the task, unique in the plan.")),
    title: described(text(), "A line for people; default: the id."),
    dependsOn: described(DependsOn, "What must come first."),
    ...step,
    ...shared,
  },
  "a task: a mapping with an id and run, prompt or uses",
);
export type TaskInput = v.InferOutput<typeof TaskInput>;

/** What all tasks of a plan share unless they say otherwise. */
export const DefaultsInput = mapping(shared, "a mapping with keys of a task");
export type DefaultsInput = v.InferOutput<typeof DefaultsInput>;

const tasksRule = "a list with at least one task, each with an id and run, prompt or uses";

/** A whole plan file. */
export const PlanInput = mapping(
  {
    $schema: described(v.string(must("be text")), "The JSON Schema of this file, for editors."),
    name: described(text(), "What people call the plan; default: the name of the file."),
    tasks: v.pipe(
      list(TaskInput, tasksRule),
      v.minLength(1, `must be ${tasksRule}, found an empty list`),
      v.description("The tasks, in any order."),
    ),
    defaults: described(
      DefaultsInput,
      "Keys for all tasks; env, resources and retry are merged with a task's own.",
    ),
    isolation: described(
      choice(["worktree", "none"]),
      "Whether each attempt works in a git worktree of its own (default) or in the folder itself.",
    ),
    resources: described(Resources, "Named capacities, as { gpu: 1 }."),
    agents: described(
      AgentsInput,
      "Coding agents of this machine, by name, and what they get besides what they always get.",
    ),
    base: described(
      branch(branchRule, branchPattern),
      "The branch that changes are merged into; default: the branch checked out.",
    ),
    concurrency: described(whole(1), "How many agents work at the same time."),
    mode: described(
      choice(["parallel", "sequential", "priority", "resource-aware"]),
      "How the next task is chosen.",
    ),
    failFast: described(
      v.boolean(must("be true or false")),
      "Whether the first failure stops new launches.",
    ),
    on: described(
      InPlan,
      "Commands that run at events, by the names of these: a line for the shell, or a list.",
    ),
  },
  "a mapping with the key tasks",
);
export type PlanInput = v.InferOutput<typeof PlanInput>;
