/** `orchestrator status`: how far a run is, from any terminal. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Follow from "../run/Follow.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunOnGitHub from "../github/RunOnGitHub.ts";
import * as RunStatus from "../run/RunStatus.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as RunMetricsText from "../telemetry/RunMetricsText.ts";
import * as Text from "../terminal/Text.ts";
import * as StatusText from "../view/StatusText.ts";
import { aRun, isName, nameWanted, off } from "./Flags.ts";
import * as FormatFlags from "./FormatFlags.ts";

/** The run, for commands that only read one. */
export const runWanted = Argument.String("run").pipe(
  Argument.filter(isName, nameWanted),
  Argument.withDescription(`${aRun}; absent: the one at work, or the latest`),
  Argument.optional,
);

/** Metrics are printed once, in one format. */
export class OnceAsMetrics extends Schema.TaggedError<OnceAsMetrics>()("OnceAsMetrics", {}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
  override get message(): string {
    return "--format prometheus prints the metrics as they are now, and does without --watch and --json.";
  }
}

/** Shows a run once, or until it ends. */
export const command = Command.make(
  "status",
  {
    run: runWanted,
    json: off("json", "Print JSON; with --watch one line for every change"),
    format: Flag.Literals("format", ["text", "json", "prometheus"]).pipe(
      Flag.withDescription("text, json as --json, or prometheus: metrics as Prometheus reads them"),
      Flag.optional,
    ),
    watch: off("watch", "Show it until it ends; off a terminal, print it when it has ended").pipe(
      Flag.withAlias("w"),
    ),
  },
  Effect.fn("StatusCommand")(function* ({ format, json: asJson, run, watch }) {
    const shown = Option.getOrElse(format, () => "text");
    if (shown === "prometheus") {
      if (watch || asJson) return yield* new OnceAsMetrics();
      return yield* RunMetricsText.print(yield* RunWanted.open(Option.getOrUndefined(run)));
    }
    if (asJson && Option.contains(format, "text")) {
      return yield* FormatFlags.contradiction("json", "text");
    }
    const json = asJson || shown === "json";
    const wanted = yield* RunWanted.open(Option.getOrUndefined(run));
    if (watch) return yield* json ? watchAsJson(wanted) : watchAsText(wanted);
    const look = yield* RunLook.look(wanted, wanted.run);
    const { out } = yield* Screen;
    const status = yield* statusOf(wanted, look);
    yield* out.print(
      json ? Text.json(JSON.stringify(status, undefined, 2)) : (yield* textOf(status)).join("\n"),
    );
  }, Effect.scoped),
).pipe(
  Command.withDescription(
    "Show how far a run is, from any terminal: what works, waits, is held, failed",
  ),
  Command.withExamples([
    { command: "orchestrator status --watch" },
    { command: "orchestrator status --json | jq .progress", description: "for another program" },
    { command: "orchestrator status --format prometheus", description: "metrics of the run" },
  ]),
);

type Surroundings = Screen | FileSystem.FileSystem | Path.Path;

const statusOf = Effect.fnUntraced(function* (wanted: RunWanted.RunWanted, look: RunLook.RunLook) {
  const github = yield* RunOnGitHub.of(wanted, look.state);
  return RunStatus.make(look, yield* Clock.currentTimeMillis, github);
});

const textOf = Effect.fnUntraced(function* (status: RunStatus.RunStatus) {
  const { command: called, out } = yield* Screen;
  const now = yield* Clock.currentTimeMillis;
  const columns = out.size()?.columns;
  return StatusText.lines({ status, now, command: called, columns, paint: out.paint });
});

const taking = (folded: RunLook.Folded): Pick<Follow.Reader<never, never>, "folded" | "take"> => ({
  folded,
  take: (entries) => Effect.sync(() => entries.forEach((entry) => folded.apply(entry))),
});

const watchAsText = Effect.fnUntraced(function* (wanted: RunWanted.RunWanted) {
  const { isStill, out } = yield* Screen;
  const folded = new RunLook.Folded(wanted.run);
  const status = (holder: Parameters<typeof folded.look>[0]) =>
    statusOf(wanted, folded.look(holder));
  if (out.size() === undefined || isStill) {
    const holder = yield* Follow.follow(wanted, taking(folded));
    return yield* out.print((yield* textOf(yield* status(holder))).join("\n"));
  }
  const draw = yield* out.animation;
  const pause: Follow.Reader<never, Surroundings>["pause"] = Effect.fnUntraced(function* (holder) {
    const lines = yield* textOf(yield* status(holder));
    // More than fits would scroll away, and stay there.
    yield* draw(lines.slice(0, Math.max(1, out.size()!.rows - 1)));
  });
  yield* Follow.follow(wanted, { ...taking(folded), pause });
});

/** A line only where something happened. */
const watchAsJson = Effect.fnUntraced(function* (wanted: RunWanted.RunWanted) {
  const { out } = yield* Screen;
  const folded = new RunLook.Folded(wanted.run);
  let printed = "";
  const pause: Follow.Reader<never, Surroundings>["pause"] = Effect.fnUntraced(function* (holder) {
    const look = folded.look(holder);
    const key = `${folded.last} ${look.standing}`;
    if (key === printed) return;
    printed = key;
    const status = yield* statusOf(wanted, look);
    yield* out.print(Text.json(JSON.stringify(status)));
  });
  yield* Follow.follow(wanted, { ...taking(folded), pause });
});
