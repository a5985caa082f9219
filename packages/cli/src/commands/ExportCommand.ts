/** `orchestrator export`: the results or events of a run that was kept. */
import { ResultManager } from "@orchestrator/core";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as RunOnGitHub from "../github/RunOnGitHub.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunSetup from "../run/RunSetup.ts";
import * as RunWanted from "../run/RunWanted.ts";
import * as SafeFile from "../run/SafeFile.ts";
import { Screen, type Sink } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import { aRun, isName, naming, nameWanted } from "./Flags.ts";
import * as FormatFlags from "./FormatFlags.ts";

const formats = ["json", "csv", "ndjson"] as const;

const printed = FormatFlags.make({
  formats,
  asJson: "json",
  otherwise: "json",
  description: "json: results; csv: a row per task; ndjson: every event (default json)",
});

/** Prints a run, or writes it to a file. */
export const command = Command.make(
  "export",
  {
    run: Argument.String("run").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription(`${aRun}; absent: the latest`),
      Argument.optional,
    ),
    ...printed.flags,
    output: naming("output", "FILE", "Write to this file instead of standard output").pipe(
      Flag.withAlias("o"),
    ),
  },
  Effect.fn("ExportCommand")(function* ({ output, run, ...said }) {
    const format = yield* printed.wanted(said);
    const screen = yield* Screen;
    const wanted = yield* RunWanted.open(Option.getOrUndefined(run));
    if (Option.isSome(output)) yield* SafeFile.prepare(output.value);
    const content = yield* contentOf(wanted, format);
    if (Option.isNone(output)) return yield* screen.out.print(shown(content, format, screen.out));
    yield* SafeFile.write(output.value, content);
  }, Effect.scoped),
).pipe(
  Command.withDescription("Print the results or the events of a run"),
  Command.withExamples([
    { command: "orchestrator export --format csv", description: "the latest run, a row per task" },
    { command: "orchestrator export 20261121-134500-k3f9 --output results.json" },
  ]),
);

const contentOf = Effect.fnUntraced(function* (
  wanted: RunWanted.RunWanted,
  format: (typeof formats)[number],
) {
  const { journal, run } = wanted;
  if (format === "ndjson") {
    const lines = yield* Stream.runCollect(Stream.map(journal.read(run), RunRecord.encode));
    return lines.map((line) => `${line}\n`).join("");
  }
  const { state } = yield* RunRecord.tell(journal, run);
  if (format === "csv") return ResultManager.toCsv(state);
  const workflow = RunSetup.workflowOf(state.context);
  const ledger = (yield* RunOnGitHub.of(wanted, state))?.ledger ?? null;
  return ResultManager.toJson(state, state.concurrency, {
    ...(ledger === null ? {} : { github: ledger }),
    ...(workflow === undefined ? {} : { workflow }),
  });
});

/** JSON can write every character so that a terminal is safe from it; CSV cannot, and is left alone elsewhere. */
const shown = (content: string, format: (typeof formats)[number], out: Sink): string => {
  const text = content.trimEnd();
  if (format !== "csv") return Text.json(text);
  return out.size() === undefined ? text : Text.raw(text);
};
