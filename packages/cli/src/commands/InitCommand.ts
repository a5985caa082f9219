/** `orchestrator init`: its flags. */
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Init from "../start/Init.ts";
import { off } from "./Flags.ts";

/** Sets a repository up. */
export const command = Command.make(
  "init",
  {
    yes: off("yes", "Ask nothing: the issues of the repository, and people merge").pipe(
      Flag.withAlias("y"),
    ),
    local: off("local", "Also write plan.yaml, for the coding agent that is on the PATH"),
    force: off("force", "Write files anew that are there already"),
    json: off("json", "Ask nothing, and print what was written as one JSON object"),
  },
  Init.init,
).pipe(
  Command.withDescription(
    "Set it up here: find the repository, the token and the agents, write orchestrator.yaml, show what would run",
  ),
  Command.withExamples([
    { command: "orchestrator init" },
    { command: "orchestrator init --yes", description: "without questions" },
    { command: "orchestrator init --local", description: "with a plan file instead of issues" },
  ]),
);
