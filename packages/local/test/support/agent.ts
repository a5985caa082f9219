/** A command agent in a temporary repository, with reports that tests can look at. */
import type { Agent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as CommandAgent from "../../src/CommandAgent.ts";
import type { CommandPayload } from "../../src/CommandPayload.ts";
import * as RunFolder from "../../src/RunFolder.ts";
import { environment, freeBase, repository } from "./repository.ts";

/** An agent whose worktrees start from branch `work`, and what it works on. */
export const inRepository = Effect.fnUntraced(function* (
  options: Partial<CommandAgent.CommandAgentOptions> = {},
) {
  const root = yield* repository();
  const base = yield* freeBase(root);
  const folder = yield* RunFolder.make(`${root}/.orchestrator/runs/r1`);
  const agent = yield* CommandAgent.make({
    folder,
    isolation: { _tag: "Worktree", base },
    environment,
    graceMillis: 100,
    ...options,
  });
  return { root, base, folder, agent };
});

/** One attempt at a command. */
export const request = (
  run: string | ReadonlyArray<string>,
  task: Partial<Task.Task> & { readonly env?: CommandPayload["env"] } = {},
  rest: Partial<Agent.LaunchRequest> = {},
): Agent.LaunchRequest => {
  const { env, ...fields } = task;
  return {
    run: "r1",
    task: { id: "a", payload: { run, ...(env === undefined ? {} : { env }) }, ...fields },
    attempt: 1,
    key: "key",
    dependencies: () => [],
    previousFailure: undefined,
    ...rest,
  };
};

/** Keeps all that is reported; the given parts replace that. */
export const recorder = (parts: Partial<Agent.AgentReport> = {}) => {
  const output: Array<string> = [];
  const progress: Array<string> = [];
  const discovered: Array<ReadonlyArray<string>> = [];
  const report: Agent.AgentReport = {
    output: (chunk) => Effect.sync(() => void output.push(chunk)),
    progress: (message) => Effect.sync(() => void progress.push(message)),
    discover: (tasks) => Effect.sync(() => void discovered.push(tasks.map((task) => task.id))),
    unknownStatus: () => Effect.void,
    ...parts,
  };
  return { report, progress, discovered, text: () => output.join("") };
};

/** Launches and observes to the end. */
export const complete = Effect.fnUntraced(function* (
  agent: Agent.Agent,
  asked: Agent.LaunchRequest,
  report: Agent.AgentReport = recorder().report,
) {
  const ref = yield* agent.launch(asked);
  return yield* agent.observe(ref, report);
});

/** Launches, observes, and expects a success. */
export const succeed = Effect.fnUntraced(function* (
  agent: Agent.Agent,
  asked: Agent.LaunchRequest,
  report?: Agent.AgentReport,
) {
  const end = yield* complete(agent, asked, report);
  return end._tag === "Succeeded" ? end : yield* Effect.die(new Error(JSON.stringify(end)));
});

/** Launches, observes, and expects a failure. */
export const fail = Effect.fnUntraced(function* (
  agent: Agent.Agent,
  asked: Agent.LaunchRequest,
  report?: Agent.AgentReport,
) {
  const end = yield* complete(agent, asked, report);
  return end._tag === "Failed" ? end.failure : yield* Effect.die(new Error(JSON.stringify(end)));
});
