/** `approval.wait`: a person says yes or no before what depends on it goes on. */
import { Action, Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";

const Input = Schema.Struct({
  /** What a person is asked. */
  question: Schema.NonEmptyString,
});

const Output = Schema.Struct({ approved: Schema.Boolean, note: Schema.String });

const typed = {
  name: "approval.wait",
  description: "Holds the task until a person approves or rejects it.",
  input: Input,
  output: Output,
  // Asking again does no harm.
  repeatable: true,
};

export const signature = Action.signature(typed);

export const action: Action.Action = Action.make({
  ...typed,
  run: ({ question }: typeof Input.Type) =>
    Effect.fail(new Agent.Asked({ question, approval: true })),
});
