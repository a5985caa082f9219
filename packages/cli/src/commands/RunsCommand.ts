/** `orchestrator runs`: the runs of the project. */
import type { Journal } from "@orchestrator/core";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Project from "../run/Project.ts";
import * as RunFolders from "../run/RunFolders.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunStatus from "../run/RunStatus.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as RunsTable from "../view/RunsTable.ts";
import { off } from "./Flags.ts";

/** Lists runs, the newest first. */
export const command = Command.make(
  "runs",
  {
    limit: Flag.Int("limit").pipe(
      Flag.withAlias("n"),
      Flag.filter(
        (value) => value >= 1,
        () => "a whole number from 1",
      ),
      Flag.withDescription("At most so many runs (default 20)"),
      Flag.withMetavar("N"),
      Flag.withDefault(20),
    ),
    json: off("json", "Print one JSON array"),
  },
  Effect.fn("RunsCommand")(function* ({ json, limit }) {
    const { out } = yield* Screen;
    const opened = yield* Project.open();
    const now = yield* Clock.currentTimeMillis;
    const ids = (yield* opened.journal.runs).toReversed();
    const found = yield* Effect.forEach(ids.slice(0, limit), (id) =>
      Effect.map(Effect.result(RunLook.look(opened, id)), (look) => ({ id, look })),
    );
    const rows = found.map(({ id, look }) =>
      Result.isSuccess(look) ? RunStatus.row(look.success, now) : unreadable(id, look.failure),
    );
    if (json) yield* out.print(Text.json(JSON.stringify(rows, undefined, 2)));
    else yield* out.print(text(rows, ids.length, out.size()?.columns, out.paint));
    yield* RunFolders.tell(opened);
    const bad = found.map(({ look }) => look).find(Result.isFailure);
    if (bad !== undefined) return yield* bad.failure;
  }, Effect.scoped),
).pipe(
  Command.withDescription("List the runs of this project: state, age and counts, the newest first"),
  Command.withExamples([
    { command: "orchestrator runs" },
    { command: "orchestrator runs --json --limit 1", description: "the newest, for a program" },
  ]),
);

const unreadable = (run: string, { message, reason }: Journal.JournalError) =>
  ({
    run,
    status: reason === "Damaged" ? "damaged" : reason === "TooNew" ? "too new" : "unreadable",
    error: message,
  }) satisfies RunsTable.Unreadable;

const text = (
  rows: Parameters<typeof RunsTable.lines>[0],
  all: number,
  columns: number | undefined,
  paint: Parameters<typeof RunsTable.lines>[2],
): string => {
  if (all === 0) return "No runs yet.";
  const hidden = all - rows.length;
  const more = hidden > 0 ? [`… and ${hidden} older: --limit ${all} shows all`] : [];
  return [...RunsTable.lines(rows, columns ?? Infinity, paint), ...more].join("\n");
};
