/** What a person asks for in a run that nobody works on: recorded, to take effect when it is resumed. */
import { Agent, type Operator, type RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as RunBackend from "../run/RunBackend.ts";
import * as RunSetup from "../run/RunSetup.ts";
import type { RunWanted } from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";

/** Nothing is launched: the engine only writes down what is asked for. */
const nobody = Agent.fromFunction(() => Effect.void);

/** Records changes and prints what was done, with the command that goes on with the run. */
export const record = Effect.fn("Amendment.record")(function* (
  { name, project: { root }, run }: RunWanted,
  state: RunState.RunState,
  changes: ReadonlyArray<Operator.Change>,
  done: string,
) {
  const { command, out } = yield* Screen;
  const setup = yield* RunSetup.decode(run, state.context);
  yield* RunBackend.refuseMoved(run, setup, root);
  const agents = [{ agent: nobody }] as const;
  const orchestrator = yield* RunBackend.engine({ root, slots: state.concurrency, agents });
  yield* orchestrator.amend(run, changes);
  yield* out.print(`${done}. Go on with the run: ${command} ${Shell.line("resume", name)}`);
});
