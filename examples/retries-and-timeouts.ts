// What is tried again, how often and after how long, and what is not.
import { setTimeout } from "node:timers/promises";
import { Failure, orchestrate } from "@orchestrator/core";

const run = orchestrate({
  tasks: [
    { id: "flaky" },
    { id: "hopeless" },
    // A task's own limits go before those of the run. One attempt means: no retry.
    { id: "slow", timeoutSeconds: 0.05, retry: { attempts: 1 } },
    { id: "deploy", dependsOn: ["slow"] },
  ],
  agent: async (task, { attempt, previousFailure, signal }) => {
    switch (task.id) {
      case "flaky":
        if (attempt < 3) throw new Error(`attempt ${attempt} went wrong`);
        return `made it, after "${previousFailure?.message}"`;
      case "hopeless":
        throw Failure.make("permanent", "there is no such repository");
      case "slow":
        // A timeout aborts the signal, so that the agent stops.
        return setTimeout(60_000, "too late", { signal });
    }
  },
  // Tries, and the wait before the second one; it doubles from there.
  retry: { attempts: 3, delay: "10 millis" },
  timeout: "10 minutes",
});

const { state } = await run.result;
for (const { task, outcome, attempts } of state.tasks()) {
  console.log(`${task.id}: ${outcome}, attempts: ${attempts.length}`);
  for (const { failure, output } of attempts) console.log(`  ${failure?.message ?? output}`);
}
