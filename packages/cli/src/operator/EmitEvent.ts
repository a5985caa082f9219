/** Records an event of somebody's own in a run: what the command `emit` does. */
import type { Operator } from "@orchestrator/core";
import { isTooDeep, mostLevels } from "@orchestrator/core/JsonDepth";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Amendment from "./Amendment.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Inbox from "./Inbox.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";
import * as Text from "../terminal/Text.ts";

export interface Options {
  readonly name: string;
  /** What it holds, as JSON. */
  readonly data: Option.Option<string>;
  readonly run: Option.Option<string>;
  readonly task: Option.Option<string>;
}

/** What the event is to hold cannot be read. */
export class DataInvalid extends Schema.TaggedError<DataInvalid>()("DataInvalid", {
  problem: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
  override get message(): string {
    return `--data cannot be used as JSON: ${Text.line(this.problem)}. A text is in quotes too: --data '"done"'; a mapping: --data '{"to":"prod"}'.`;
  }
}

/** What a command of a run is told of itself. */
const own = { run: "ORCHESTRATOR_RUN_ID", task: "ORCHESTRATOR_TASK_ID" } as const;

/** Records the event; a command of a run means its own run and task unless another is named. */
export const emit = Effect.fn("EmitEvent.emit")(function* ({ data, name, run, task }: Options) {
  const { environment } = yield* Screen;
  const around = Option.isSome(run) ? {} : environment([own.run, own.task]);
  const wanted = yield* RunWanted.open(Option.getOrUndefined(run) ?? around[own.run]);
  const about = Option.getOrUndefined(task) ?? around[own.task];
  const change: Operator.Change = Scrubber.json({
    _tag: "Emit",
    name,
    ...(Option.isNone(data) ? {} : { data: yield* parsed(data.value) }),
    ...(about === undefined ? {} : { task: about }),
  } as const);
  const { state } = yield* RunRecord.tell(wanted.journal, wanted.run);
  const said = `The event ${Text.line(name)} is recorded in the run ${Text.line(wanted.run)}`;
  const alone = Amendment.record(wanted, state, [change], said);
  yield* Inbox.orAsk(wanted, [{ _tag: "Change", change }], alone);
  return { run: wanted.run, event: name, task: about ?? null };
}, Effect.scoped);

const parsed = Effect.fnUntraced(function* (text: string) {
  const data = yield* Effect.try({
    try: () => JSON.parse(text) as Schema.Json,
    catch: (error) =>
      new DataInvalid({ problem: error instanceof Error ? error.message : String(error) }),
  });
  if (!isTooDeep(data)) return data;
  return yield* new DataInvalid({ problem: `it is nested more than ${mostLevels} levels deep` });
});
