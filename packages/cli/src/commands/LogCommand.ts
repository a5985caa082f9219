/** `orchestrator log`: the events of a run, also of one that goes on in another process. */
import { Events, type Journal, type RunState } from "@orchestrator/core";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Follow from "../run/Follow.ts";
import type { Paint } from "../terminal/Paint.ts";
import type * as Project from "../run/Project.ts";
import * as RunChoice from "../run/RunChoice.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as EventLine from "../view/EventLine.ts";
import { clock } from "../view/Words.ts";
import { naming, off } from "./Flags.ts";
import * as FormatFlags from "./FormatFlags.ts";
import { runWanted } from "./StatusCommand.ts";

/** The run has no such task. */
export class UnknownTask extends Schema.TaggedError<UnknownTask>()("UnknownTask", {
  task: Schema.String,
  run: Schema.String,
  known: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    const what = `the run ${Text.line(this.run)} has no task ${Text.line(this.task, 100)}.`;
    const near = RunChoice.closest(this.task, this.known);
    return near === undefined
      ? `${what} orchestrator status shows what it has.`
      : `${what} Did you mean ${Text.line(near, 100)}?`;
  }
}

const formats = ["text", "ndjson"] as const;

const printed = FormatFlags.make({
  formats,
  asJson: "ndjson",
  otherwise: "text",
  description: "text: for people; ndjson: a line of JSON per event (default text)",
});

interface Options {
  readonly format: (typeof formats)[number];
  readonly from: number;
  readonly task: Option.Option<string>;
}

/** Prints events. */
export const command = Command.make(
  "log",
  {
    run: runWanted,
    follow: off(
      "follow",
      "Print events as they come, until the run ends or nobody works on it",
    ).pipe(Flag.withAlias("f")),
    ...printed.flags,
    from: Flag.Int("from").pipe(
      Flag.filter(
        (value) => value >= 1,
        () => "a whole number from 1",
      ),
      Flag.withDescription("Begin with the event of this number (default 1)"),
      Flag.withMetavar("N"),
      Flag.withDefault(1),
    ),
    task: naming("task", "ID", "Only events of this task"),
  },
  Effect.fn("LogCommand")(function* ({ follow, run, ...said }) {
    const options: Options = { ...said, format: yield* printed.wanted(said) };
    const wanted = yield* RunWanted.open(Option.getOrUndefined(run));
    const reader = yield* printer(wanted.run, options);
    if (follow) return yield* followed(wanted, reader);
    yield* Follow.takeAll(wanted, reader);
    yield* checkTask(reader.folded, options.task);
  }, Effect.scoped),
).pipe(
  Command.withDescription("Print the events of a run, also while it goes on elsewhere"),
  Command.withExamples([
    { command: "orchestrator log --follow", description: "from another terminal" },
    { command: "orchestrator log --format ndjson | jq -c .event", description: "for a program" },
    { command: "orchestrator log --task api", description: "of the latest run, one task" },
  ]),
);

const followed = Effect.fnUntraced(function* (
  opened: Project.Opened,
  reader: Follow.Reader<never, never>,
) {
  const { command: called, error } = yield* Screen;
  yield* Follow.follow(opened, reader);
  const { id, state } = reader.folded;
  if (state.endedAt !== undefined) return;
  yield* error.print(
    `Nobody works on the run. To go on with it: ${called} ${Shell.line("resume", id)}`,
  );
});

const printer = Effect.fnUntraced(function* (id: string, options: Options) {
  const { out } = yield* Screen;
  const folded = new RunLook.Folded(id);
  const take = (entries: ReadonlyArray<Journal.JournalEntry>) =>
    Effect.suspend(() => {
      const lines = entries.flatMap((entry) => {
        folded.apply(entry);
        return isMeant(entry, options)
          ? (shown(entry, folded.state, options, out.paint) ?? [])
          : [];
      });
      return lines.length === 0 ? Effect.void : out.print(lines.join("\n"));
    });
  return { folded, take } satisfies Follow.Reader<never, never>;
});

const shown = (
  entry: Journal.JournalEntry,
  state: RunState.RunState,
  { format }: Options,
  paint: Paint,
): string | undefined => {
  if (format === "text") return EventLine.line(entry, state, paint) ?? ending(entry, state, paint);
  const { epoch, event, monotonicMillis, run, sequence } = entry;
  return Text.json(JSON.stringify({ run, sequence, epoch, monotonicMillis, event }));
};

/** Whoever runs a plan gets a summary; here the end is an event like the others. */
const ending = (
  { event }: Journal.JournalEntry,
  { startedAt }: RunState.RunState,
  paint: Paint,
): string | undefined => {
  if (event._tag !== "RunEnded") return undefined;
  const time = clock((event.at - (startedAt ?? event.at)) / 1000).padStart(5);
  return `${paint("dim", time)}  ${paint("dim", "•")} the run has ended: ${event.outcome}`;
};

const isMeant = ({ event, sequence }: Journal.JournalEntry, { from, task }: Options): boolean => {
  if (sequence < from) return false;
  return Option.isNone(task) || Events.tasksOf(event).includes(task.value);
};

const checkTask = ({ id, state }: RunLook.Folded, task: Option.Option<string>) => {
  if (Option.isNone(task) || state.get(task.value) !== undefined) return Effect.void;
  const known = state.table.tasks.map((one) => one.id);
  return Effect.fail(new UnknownTask({ task: task.value, run: id, known }));
};
