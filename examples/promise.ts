// The Promise face: tasks, a function as the agent, events as they happen, an AbortSignal.
import { orchestrate } from "@orchestrator/core";

const run = orchestrate({
  tasks: [
    { id: "parser" },
    { id: "printer" },
    { id: "formatter", dependsOn: ["parser", "printer"] },
  ],
  // Call your agent here. What it answers is the task's output.
  agent: async (task, { dependencies }) =>
    [...dependencies.map(({ output }) => output), task.id].join(" + "),
  concurrency: 2,
});

for await (const event of run.events) {
  if (event._tag === "TaskEnded") console.log(`${event.task}: ${event.outcome}`);
}

const { outcome, state, summary } = await run.result;
console.log(`${outcome}: ${summary.succeeded} of ${summary.total} tasks`);
console.log(`the formatter is ${state.get("formatter")?.attempts[0]?.output}`);

// A run stops when its signal is aborted, and so does every agent that listens to its own.
const controller = new AbortController();
const endless = orchestrate({
  tasks: [{ id: "endless" }, { id: "afterwards", dependsOn: ["endless"] }],
  agent: (_task, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("stopped")));
    }),
  signal: controller.signal,
});
for await (const event of endless.events) {
  if (event._tag === "AgentRunStarted") controller.abort();
}
console.log(`the endless run: ${(await endless.result).outcome}`);
