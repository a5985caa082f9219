// Tasks that compete: for a limited resource, and for the files that they change.
import { setTimeout } from "node:timers/promises";
import { orchestrate, type Task } from "@orchestrator/core";

const tasks: ReadonlyArray<Task.Task> = [
  { id: "train-small", resources: { gpu: 1 } },
  { id: "train-medium", resources: { gpu: 1 } },
  { id: "train-large", resources: { gpu: 1 } },
  // Globs: these three may all match docs/guide.md, so they never work at the same time.
  { id: "write-index", claims: ["docs/**"] },
  { id: "write-guide", claims: ["docs/guide.md"] },
  { id: "write-news", claims: ["docs/*.md"] },
];

/** How many tasks whose id begins so work now, and how many ever did. */
const working = { train: 0, write: 0 };
const most = { train: 0, write: 0 };

const run = orchestrate({
  tasks,
  agent: async ({ id }) => {
    const group = id.startsWith("train") ? "train" : "write";
    working[group] += 1;
    most[group] = Math.max(most[group], working[group]);
    await setTimeout(10);
    working[group] -= 1;
  },
  // There is a slot for every task, but only two have room on the GPUs.
  resources: { gpu: 2 },
});

const { summary } = await run.result;
console.log(`${summary.succeeded} of ${summary.total} tasks succeeded`);
console.log(`at most ${most.train} trained and ${most.write} wrote at the same time`);
