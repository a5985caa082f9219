/** `orchestrator doctor`: its flags. */
import * as Command from "effect/cli/Command";
import * as Doctor from "../doctor/Doctor.ts";
import { off } from "./Flags.ts";
import { allowHost, config } from "./PlanFlags.ts";

/** Looks whether runs would work here. */
export const command = Command.make(
  "doctor",
  {
    config,
    allowHost,
    json: off("json", "Print one JSON array"),
  },
  Doctor.look,
).pipe(
  Command.withDescription(
    "Look whether everything is there that runs need: git, the repository, the journal, the configuration, Codegen, GitHub",
  ),
  Command.withExamples([{ command: "orchestrator doctor --config config.yaml" }]),
);
