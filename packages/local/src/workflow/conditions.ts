/** Conditions of workflows are those of tasks: see `When`. */
import type { Workflow } from "@orchestrator/core";
import * as When from "../When.ts";

export const conditions: Workflow.Conditions = {
  names: When.parse,
  decide: When.decide,
  renamed: When.renamed,
};
