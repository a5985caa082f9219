// Stands for a coding agent: thinks for a moment, then writes the files it is asked for.
// What it writes lies ready in drafts/; in drafts/first/ are those that it gets wrong at first.
import { cpSync, existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const { ORCHESTRATOR_ATTEMPT, ORCHESTRATOR_PROMPT_FILE, THINK_SECONDS } = process.env;

if (ORCHESTRATOR_PROMPT_FILE !== undefined) {
  console.log(`I am asked: ${readFileSync(ORCHESTRATOR_PROMPT_FILE, "utf8")}`);
}
await setTimeout(Number(THINK_SECONDS ?? 0) * 1000);

for (const file of process.argv.slice(2)) {
  const first = `${import.meta.dirname}/drafts/first/${file}`;
  const isFirst = ORCHESTRATOR_ATTEMPT === "1" && existsSync(first);
  cpSync(isFirst ? first : `${import.meta.dirname}/drafts/${file}`, file);
  console.log(`I wrote ${file}${isFirst ? ", but I am not sure about it" : ""}`);
}
