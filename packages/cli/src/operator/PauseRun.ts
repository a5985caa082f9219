/** Lets a run launch nothing more for a while, or again: what the commands `pause` and `unpause` do. */
import { Operator, type RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Amendment from "./Amendment.ts";
import * as Inbox from "./Inbox.ts";
import * as RunLimits from "../run/RunLimits.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunStatus from "../run/RunStatus.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";

/** Pauses launches; agents at work go on. */
export const pause = Effect.fn("PauseRun.pause")(function* ({
  message,
  run,
}: {
  readonly run: Option.Option<string>;
  readonly message: Option.Option<string>;
}) {
  const { state, wanted } = yield* open(run);
  const why = Option.isNone(message) ? {} : { message: message.value };
  yield* ask(wanted, state, [{ _tag: "Pause", ...why }], "Nothing more is launched");
  return { run: wanted.run, is_paused: true };
}, Effect.scoped);

/** Lets launches go on, with other limits if some are given. */
export const unpause = Effect.fn("PauseRun.unpause")(function* (
  options: RunLimits.Flags & { readonly run: Option.Option<string> },
) {
  const { state, wanted } = yield* open(options.run);
  const limits = RunLimits.changed(options);
  const pauses = RunStatus.pauses(state);
  const reached = pauses.find(({ limit }) => limit !== undefined);
  if (limits === undefined && reached !== undefined) {
    const { command } = yield* Screen;
    const words = ["unpause", wanted.name, ...RunLimits.raised(reached.limit)];
    const message = `Launches pause at a limit: ${reached.message}. Allow more: ${command} ${Shell.line(...words)}`;
    return yield* new Operator.ChangeRefused({ message });
  }
  // A run that is allowed more notices by itself.
  const isAsked = limits === undefined || pauses.some(({ limit }) => limit === undefined);
  const changes: ReadonlyArray<Operator.Change> = [
    ...(limits === undefined ? [] : [{ _tag: "Limit", limits } as const]),
    ...(isAsked ? [{ _tag: "Unpause" } as const] : []),
  ];
  yield* ask(wanted, state, changes, "Launches go on");
  return { run: wanted.run, is_paused: false };
}, Effect.scoped);

const open = Effect.fnUntraced(function* (run: Option.Option<string>) {
  const wanted = yield* RunWanted.open(Option.getOrUndefined(run));
  const { state } = yield* RunRecord.tell(wanted.journal, wanted.run);
  return { wanted, state };
});

/** Asks whoever works on the run; where nobody does, it is recorded for the next who will. */
const ask = (
  wanted: RunWanted.RunWanted,
  state: RunState.RunState,
  changes: ReadonlyArray<Operator.Change>,
  done: string,
) => {
  const wishes = changes.map((change) => ({ _tag: "Change", change }) as const);
  const said = `${done} in the run ${Text.line(wanted.run)}`;
  return Inbox.orAsk(wanted, wishes, Amendment.record(wanted, state, changes, said));
};
