/** Decides about a held task, whoever works on its run: what the command `decide` does. */
import type { Operator, RunEvent, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Inbox from "./Inbox.ts";
import * as LocalRun from "./LocalRun.ts";
import * as Routing from "./Routing.ts";
import * as RunRecord from "./RunRecord.ts";
import * as RunSetup from "./RunSetup.ts";
import * as RunWanted from "./RunWanted.ts";
import { Screen } from "./Screen.ts";
import * as Shell from "./Shell.ts";
import * as Text from "./Text.ts";

export interface Options {
  readonly task: string;
  readonly decision: RunEvent.Decision;
  readonly run: Option.Option<string>;
  /** The agent run to adopt, if the run does not know it. */
  readonly agentRun: Option.Option<string>;
}

/** Records a decision, or asks the process that works on the run to do so. */
export const decide = Effect.fn("DecideTask.decide")(function* (options: Options) {
  const wanted = yield* RunWanted.open(Option.getOrUndefined(options.run));
  const told = yield* RunRecord.tell(wanted.journal, wanted.run);
  const change = changeOf(told.state, options);
  const alone = amend(wanted, told, change);
  yield* Inbox.orAsk(wanted, { _tag: "Change", change }, alone);
}, Effect.scoped);

const amend = Effect.fnUntraced(function* (
  { name, project, run }: RunWanted.RunWanted,
  { state }: RunRecord.Told,
  change: Extract<Operator.Change, { readonly _tag: "Decide" }>,
) {
  const { command, out } = yield* Screen;
  const setup = yield* RunSetup.decode(run, state.context);
  const local = yield* LocalRun.restore(
    run,
    setup,
    state.concurrency,
    project.root,
    undefined,
    state,
  );
  yield* local.orchestrator.amend(run, [change]);
  const { decision, task } = change;
  yield* out.print(
    `${Text.line(task)}: decided to ${decision}. Go on with the run: ${command} ${Shell.line("resume", name)}`,
  );
});

const changeOf = (
  state: RunState.RunState,
  { agentRun, decision, task }: Options,
): Extract<Operator.Change, { readonly _tag: "Decide" }> => {
  const found = state.get(task);
  const agent = found?.attempts.at(-1)?.agent ?? found?.task.agent ?? Routing.local;
  const ref = Option.map(agentRun, (id) => ({ agent, id }));
  return {
    _tag: "Decide",
    task,
    decision,
    ...(Option.isNone(ref) ? {} : { ref: ref.value }),
  };
};
