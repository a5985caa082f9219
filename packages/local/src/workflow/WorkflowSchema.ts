/** The shape of a workflow file: a plan file with parameters and outputs. */
import * as v from "valibot";
import { choice, list, mapping, must, record, text } from "../DataSchema.ts";
import { PlanInput, TaskInput } from "../plan/PlanSchema.ts";

const described = <S extends v.GenericSchema>(schema: S, sentence: string) =>
  v.exactOptional(v.pipe(schema, v.description(sentence)));

const Parameter = mapping(
  {
    type: v.pipe(
      choice(["string", "number", "boolean", "list"]),
      v.description("What its value can be."),
    ),
    description: described(text(), "A sentence for people."),
    default: described(v.unknown(), "Its value where none is given."),
    required: described(
      v.boolean(must("be true or false")),
      "Whether it must be given; default: if it has no default.",
    ),
    enum: described(
      v.pipe(
        list(v.unknown(), "a list of values"),
        v.minLength(1, must("be a list of at least one value")),
      ),
      "The values that are allowed; of a list, those of its items.",
    ),
  },
  "a mapping { type, default, required, enum, description }",
);

const listRule = "be a list, or one reference to a list, as {{ params.hosts }}";

/** A task of a workflow. */
export const WorkflowTaskInput = mapping(
  {
    ...TaskInput.entries,
    forEach: described(
      v.union([v.array(v.unknown()), v.string()], must(listRule)),
      "One task for each item: a list, {{ params.<name> }} or {{ tasks.<id>.output.<name> }}. Texts may hold {{ item }} and {{ index }}.",
    ),
  },
  "a task: a mapping with an id and run, prompt or uses",
);

const tasksRule = "a list with at least one task, each with an id and run, prompt or uses";

/** A whole workflow file. */
export const WorkflowInput = mapping(
  {
    ...PlanInput.entries,
    description: described(text(), "A sentence for people."),
    parameters: described(
      record(v.string(), Parameter, "a mapping of names to parameters"),
      "What it is given each time it runs.",
    ),
    outputs: described(
      record(v.string(), v.unknown(), "a mapping of names to values"),
      "What comes of it. May hold {{ tasks.<id>.output.<name> }}.",
    ),
    tasks: v.pipe(
      list(WorkflowTaskInput, tasksRule),
      v.minLength(1, `must be ${tasksRule}, found an empty list`),
      v.description("The tasks, in any order."),
    ),
  },
  "a mapping with the key tasks",
);
export type WorkflowInput = v.InferOutput<typeof WorkflowInput>;
