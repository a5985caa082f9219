/** The JSON Schemas of the files that people write, as they are published. */
import planSchema from "@orchestrator/local/schema/plan.schema.json" with { type: "json" };
import workflowSchema from "@orchestrator/local/schema/workflow.schema.json" with { type: "json" };
import configSchema from "../../schema/config.json" with { type: "json" };

/** That of configuration files. */
export const configuration: object = configSchema;

/** That of plan files. */
export const plan: object = planSchema;

/** That of workflow files. */
export const workflow: object = workflowSchema;
