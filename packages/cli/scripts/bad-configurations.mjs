// Prints configurations that cannot be used, with what is said about each; run it after a change to a message:
// node --conditions=@orchestrator/source packages/cli/scripts/bad-configurations.mjs > packages/cli/test/fixtures/bad-configurations.txt
import * as Effect from "effect/Effect";
import { badConfigurations } from "../test/support/badConfigurations.ts";
import { show } from "../test/support/Configs.ts";

for (const bad of badConfigurations) {
  const { problems } = await Effect.runPromise(show(bad));
  const lines = problems.flatMap((problem) => problem.split("\n"));
  console.log(`${bad.name}\n${lines.map((line) => `  ${line}\n`).join("")}`);
}
