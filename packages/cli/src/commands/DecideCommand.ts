/** `orchestrator decide`: its flags. */
import { RunEvent } from "@orchestrator/core";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Confirmation from "../terminal/Confirmation.ts";
import * as DecideAll from "../operator/DecideAll.ts";
import * as DecideTask from "../operator/DecideTask.ts";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import { ofRun } from "./CancelCommand.ts";
import { isName, naming, nameWanted, off } from "./Flags.ts";

const how =
  "name a held task and a decision (decide api relaunch), or decide about all of them (decide --all relaunch). See what they ask: orchestrator held";

/** Decides about a held task. */
export const command = Command.make(
  "decide",
  {
    task: Argument.String("task").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription("The id of a held task: see orchestrator held"),
      Argument.optional,
    ),
    decision: Argument.Literals("decision", RunEvent.Decision.literals).pipe(
      Argument.withDescription(
        "approve or reject: answer what it asks; adopt: go on with its agent run; relaunch: launch it again; skip: leave it out; wait: look again",
      ),
      Argument.optional,
    ),
    all: Flag.Literals("all", DecideAll.decisions).pipe(
      Flag.withDescription("Decide the same about all held tasks; shows them first"),
      Flag.withMetavar("DECISION"),
      Flag.optional,
    ),
    yes: off("yes", "With --all, do not ask").pipe(Flag.withAlias("y")),
    run: ofRun,
    agentRun: naming("agent-run", "ID", "The agent run to adopt, if the run does not know it"),
    note: Flag.String("note").pipe(
      Flag.withDescription("What there is to say to an approval or a rejection"),
      Flag.withMetavar("TEXT"),
      Flag.optional,
    ),
    json: JsonAnswer.flag,
  },
  Effect.fn("DecideCommand")(function* ({ agentRun, all, decision, json, note, run, task, yes }) {
    const isOne = Option.isSome(task) && Option.isSome(decision);
    if (
      Option.isSome(all) &&
      Option.isNone(task) &&
      Option.isNone(agentRun) &&
      Option.isNone(note)
    ) {
      return yield* JsonAnswer.given(json, DecideAll.decide({ decision: all.value, run, yes }));
    }
    if (Option.isSome(all) || !isOne) return yield* new Confirmation.WrongCall({ message: how });
    const one = { task: task.value, decision: decision.value, run, agentRun, note };
    yield* JsonAnswer.given(json, DecideTask.decide(one));
  }),
).pipe(
  Command.withDescription("Decide about a held task, or about all of them"),
  Command.withExamples([
    { command: "orchestrator decide api relaunch" },
    { command: 'orchestrator decide release approve --note "after the demo"' },
    { command: "orchestrator decide api adopt --agent-run 4711" },
    { command: "orchestrator decide --all relaunch", description: "after a limit was raised" },
  ]),
);
