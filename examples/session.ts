// A session: runs with an owner and metadata in common, handlers of events, events of your own.
import { Session } from "@orchestrator/core";

const session = Session.createSession({
  name: "release-5",
  owner: "ada",
  mode: "sequential",
  metadata: { ticket: "OPS-7" },
  agent: async (task) => {
    if (task.id === "deploy") await session.emitEvent("deployed", { to: "staging" });
    return task.id;
  },
});

session.registerEventHandler("TaskEnded", ({ outcome, task }) => {
  console.log(`${task}: ${outcome}`);
});
session.registerEventHandler("Emitted", ({ data, name }) => {
  console.log(`${name}: ${JSON.stringify(data)}`);
});

const { outcome, state } = await session.executeWorkflow({
  name: "ship",
  tasks: [{ id: "build" }, { id: "deploy", dependsOn: ["build"] }],
});
console.log(`${state.plan} of ${state.session?.owner}: ${outcome}`);

await session.close();
console.log(`the session is ${session.status()}`);
