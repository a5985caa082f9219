/** What a person asks for in a run that nobody works on: recorded, to take effect when it is resumed. */
import type { Operator, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as LocalRun from "./LocalRun.ts";
import * as RunSetup from "./RunSetup.ts";
import type { RunWanted } from "./RunWanted.ts";
import { Screen } from "./Screen.ts";
import * as Shell from "./Shell.ts";

/** Records changes and prints what was done, with the command that goes on with the run. */
export const record = Effect.fn("Amendment.record")(function* (
  { name, project, run }: RunWanted,
  state: RunState.RunState,
  changes: ReadonlyArray<Operator.Change>,
  done: string,
) {
  const { command, out } = yield* Screen;
  const setup = yield* RunSetup.decode(run, state.context);
  const slots = state.concurrency;
  const local = yield* LocalRun.restore(run, setup, slots, project.root, undefined, state);
  yield* local.orchestrator.amend(run, changes);
  yield* out.print(`${done}. Go on with the run: ${command} ${Shell.line("resume", name)}`);
});
