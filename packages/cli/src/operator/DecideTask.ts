/** Decides about a held task, whoever works on its run: what the command `decide` does. */
import type { Operator, RunEvent, RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Amendment from "./Amendment.ts";
import * as Inbox from "./Inbox.ts";
import * as Routing from "../plan/Routing.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunWanted from "../run/RunWanted.ts";
import * as Text from "../terminal/Text.ts";

export interface Options {
  readonly task: string;
  readonly decision: RunEvent.Decision;
  readonly run: Option.Option<string>;
  /** The agent run to adopt, if the run does not know it. */
  readonly agentRun: Option.Option<string>;
  /** What there is to say to an approval or a rejection. */
  readonly note: Option.Option<string>;
}

/** Records a decision, or asks the process that works on the run to do so. */
export const decide = Effect.fn("DecideTask.decide")(function* (options: Options) {
  const wanted = yield* RunWanted.open(Option.getOrUndefined(options.run));
  const told = yield* RunRecord.tell(wanted.journal, wanted.run);
  const change = changeOf(told.state, options);
  const done = `${Text.line(change.task)}: decided to ${change.decision}`;
  const alone = Amendment.record(wanted, told.state, [change], done);
  yield* Inbox.orAsk(wanted, [{ _tag: "Change", change }], alone);
  return { run: wanted.run, decision: change.decision, tasks: [change.task] };
}, Effect.scoped);

const changeOf = (
  state: RunState.RunState,
  { agentRun, decision, note, task }: Options,
): Extract<Operator.Change, { readonly _tag: "Decide" }> => {
  const found = state.get(task);
  const agent = found?.attempts.at(-1)?.agent ?? found?.task.agent ?? Routing.local;
  const ref = Option.map(agentRun, (id) => ({ agent, id }));
  return {
    _tag: "Decide",
    task,
    decision,
    ...(Option.isNone(ref) ? {} : { ref: ref.value }),
    ...(Option.isNone(note) ? {} : { note: note.value }),
  };
};
