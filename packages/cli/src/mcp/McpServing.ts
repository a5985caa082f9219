/** What is offered to an assistant, and to an agent that works on a task. */
import * as McpProtocol from "effect/ai/McpProtocol";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as AgentTools from "./AgentTools.ts";
import * as LookTools from "./LookTools.ts";
import * as McpAllowance from "./McpAllowance.ts";
import * as McpAnswer from "./McpAnswer.ts";
import type * as McpPlans from "./McpPlans.ts";
import * as McpPrompts from "./McpPrompts.ts";
import * as McpResources from "./McpResources.ts";
import { McpRuns } from "./McpRuns.ts";
import * as McpTool from "./McpTool.ts";
import * as PlanTools from "./PlanTools.ts";
import * as WorkflowTools from "./WorkflowTools.ts";
import * as WorkTools from "./WorkTools.ts";
import { version } from "../Version.ts";

export interface Options {
  readonly settings: McpPlans.Settings;
  readonly allowance: McpAllowance.McpAllowance;
}

const forAssistants = ({ allowance, settings }: Options) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const runs = yield* McpRuns;
      const tools = [
        ...PlanTools.make(settings),
        ...LookTools.all,
        ...WorkTools.make({ settings, runs }),
        ...WorkflowTools.make({ settings, runs }),
      ];
      yield* McpTool.register(tools, {
        check: ({ permission }) =>
          permission === undefined
            ? Effect.void
            : Effect.andThen(McpAllowance.check(allowance, permission), runs.settled),
      });
      yield* McpResources.register();
      yield* McpPrompts.register();
    }),
  );

const forAgents = Layer.effectDiscard(
  McpTool.register(AgentTools.all, { check: () => AgentTools.session() }),
);

/** The newest first; clients choose. */
const protocols = [
  McpProtocol.v2025_11_25,
  McpProtocol.v2025_06_18,
  McpProtocol.v2025_03_26,
  McpProtocol.v2024_11_05,
] as const;

const about = { name: "orchestrator", version, protocols } as const;

/** The server for whoever plans and watches runs. */
export const assistant = (options: Options) => {
  const allowed = [...options.allowance.allowed];
  const what =
    allowed.length === 0
      ? "Everything is for looking: nothing that costs money or changes a run is allowed."
      : `Beside looking, the operator has allowed: ${allowed.join(", ")}.`;
  return {
    ...about,
    instructions: `Orchestrator runs plans of dependent tasks on parallel coding agents. Look at a plan before you run it. ${what} ${McpAnswer.dataNotice}`,
    registrations: forAssistants(options),
  };
};

/** The server for an agent that works on a task. */
export const agent = {
  ...about,
  instructions:
    "You work on a task that orchestrator gave you. Hand over work that you find and that is not yours with add_task, and say how far you are with report_progress.",
  registrations: forAgents,
};
