/** A command agent in a temporary repository, with reports that tests can look at. */
import type { Agent, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type * as Layer from "effect/Layer";
import * as CommandAgent from "../../src/CommandAgent.ts";
import type { CommandPayload } from "../../src/CommandPayload.ts";
import * as ProcessGroup from "../../src/internal/ProcessGroup.ts";
import * as RunFolder from "../../src/RunFolder.ts";
import { environment, freeBase, repository, type services } from "./repository.ts";

/** An agent whose worktrees start from branch `work`, what it works on, and the agent as another process has it. */
export const inRepository = Effect.fnUntraced(function* (
  options: Partial<CommandAgent.CommandAgentOptions> = {},
) {
  const root = yield* repository();
  const base = yield* freeBase(root);
  const folder = yield* RunFolder.make(`${root}/.orchestrator/runs/r1`);
  const context = yield* Effect.context<Layer.Success<typeof services>>();
  const make = CommandAgent.make({
    run: "r1",
    folder,
    isolation: { _tag: "Worktree", base },
    environment,
    graceMillis: 100,
    ...options,
  }).pipe(Effect.provideContext(context));
  const agent = yield* make;
  yield* Effect.addFinalizer(() => endAll(folder));
  return { root, base, folder, agent, reopened: make };
});

/** Nothing outlives a test that fails. */
export const endAll = Effect.fnUntraced(function* (folder: RunFolder.RunFolder) {
  const fs = yield* FileSystem.FileSystem;
  const files = yield* fs.readDirectory(folder.notes, { recursive: true });
  for (const file of files.filter((name) => name.includes("started-"))) {
    const leader = Number.parseInt(yield* fs.readFileString(`${folder.notes}/${file}`), 10);
    if (leader > 1) yield* ProcessGroup.end(leader, 0);
  }
}, Effect.orDie);

/** One attempt at a command. */
export const request = (
  run: string | ReadonlyArray<string>,
  task: Partial<Task.Task> & { readonly env?: CommandPayload["env"] } = {},
  rest: Partial<Agent.LaunchRequest> = {},
): Agent.LaunchRequest => {
  const { env, ...fields } = task;
  const key = `key/${fields.id ?? "a"}/${rest.attempt ?? 1}`;
  return {
    run: "r1",
    task: { id: "a", payload: { run, ...(env === undefined ? {} : { env }) }, ...fields },
    attempt: 1,
    key,
    dependencies: () => [],
    previousFailure: undefined,
    ...rest,
  };
};

/** The process group of an agent run, named by its leader. */
export const leaderOf = Effect.fnUntraced(function* (
  folder: RunFolder.RunFolder,
  ref: Agent.AgentRunRef,
) {
  const fs = yield* FileSystem.FileSystem;
  const name = ref.id.slice(ref.id.lastIndexOf("/") + 1);
  return Number.parseInt(yield* fs.readFileString(`${folder.notes}/${name}/started-1`), 10);
});

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
