// Writes schema/*.schema.json from src/plan/PlanSchema.ts and src/workflow/WorkflowSchema.ts; run it after a change there:
// node --conditions=@orchestrator/source scripts/plan-schema.mjs
import { writeFileSync } from "node:fs";
import { planJsonSchema, workflowJsonSchema } from "./planJsonSchema.ts";

const schemas = { plan: planJsonSchema(), workflow: workflowJsonSchema() };
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(
    new URL(`../schema/${name}.schema.json`, import.meta.url),
    `${JSON.stringify(schema, null, 2)}\n`,
  );
}
