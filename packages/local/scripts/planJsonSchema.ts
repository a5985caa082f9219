/** Makes the JSON Schema of plan files from the schema that reads them. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { PlanInput } from "../src/plan/PlanSchema.ts";
import { WorkflowInput } from "../src/workflow/WorkflowSchema.ts";

export type Json = null | boolean | number | string | Array<Json> | { [key: string]: Json };

const isNever = (json: Json | undefined): boolean => JSON.stringify(json) === '{"not":{}}';

/** Writes what a strict mapping forbids as editors know it best. */
export const tidy = (json: Json): Json => {
  if (Array.isArray(json)) return json.map(tidy);
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).map(([key, value]) => [
    key,
    key === "additionalProperties" && isNever(value) ? false : tidy(value),
  ]);
  return Object.fromEntries(entries) as Json;
};

/** What a task, or the defaults of all tasks, must have; valibot has no word for it. */
const needsWork = {
  anyOf: [{ required: ["run"] }, { required: ["prompt"] }, { required: ["uses"] }],
};

const withWork = (schema: GenericSchema, title: string, description: string): Json => {
  const generated = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
  const { $schema, ...rest } = tidy(generated as unknown as Json) as { [key: string]: Json };
  return {
    $schema: $schema!,
    title,
    description,
    ...rest,
    anyOf: [
      { properties: { defaults: needsWork }, required: ["defaults"] },
      { properties: { tasks: { items: needsWork } } },
    ],
  };
};

/** The JSON Schema of a plan file, draft 7. */
export const planJsonSchema = (): Json =>
  withWork(PlanInput, "Orchestrator plan", "Tasks for agents, and what each depends on.");

/** The JSON Schema of a workflow file, draft 7. */
export const workflowJsonSchema = (): Json =>
  withWork(
    WorkflowInput,
    "Orchestrator workflow",
    "A plan with a name, parameters and outputs, to be run again and again.",
  );
