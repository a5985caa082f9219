// Writes schema/plan.schema.json from src/plan/PlanSchema.ts; run it after a change there:
// node --conditions=@orchestrator/source scripts/plan-schema.mjs
import { writeFileSync } from "node:fs";
import { planJsonSchema } from "./planJsonSchema.ts";

writeFileSync(
  new URL("../schema/plan.schema.json", import.meta.url),
  `${JSON.stringify(planJsonSchema(), null, 2)}\n`,
);
