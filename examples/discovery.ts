// Tasks that are found while the run goes on, by an agent and from outside.
import { orchestrate } from "@orchestrator/core";

const run = orchestrate({
  tasks: [{ id: "survey" }, { id: "release", dependsOn: ["survey"] }],
  agent: async (task, work) => {
    if (task.id !== "survey") return;
    // All or none join the run. They may depend on each other and on whatever the run has.
    await work.discover([
      { id: "fix-login", dependsOn: ["survey"] },
      { id: "fix-logout", dependsOn: ["fix-login"] },
    ]);
    const bad = [{ id: "fix-more", dependsOn: ["fix-logn"] }];
    await work.discover(bad).catch((error: Error) => console.log(error.message));
  },
});

// From outside: before the run has ended, anybody may add tasks.
await run.add([{ id: "announce", dependsOn: ["release"] }]);

for await (const event of run.events) {
  if (event._tag === "TasksAdded") {
    const ids = event.tasks.map(({ id }) => id).join(", ");
    console.log(`${event.by ?? "the user"} added ${ids}`);
  }
}
console.log(`${(await run.result).summary.succeeded} tasks succeeded`);
