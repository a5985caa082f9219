import { Journal, type RunEvent } from "@orchestrator/core";
import * as Effect from "effect/Effect";

type Append = Journal.JournalWriter["append"];

/** A journal in memory whose appends go through `change`. */
export const changed = (
  change: (
    run: string,
    append: Append,
    events: ReadonlyArray<RunEvent.RunEvent>,
  ) => ReturnType<Append>,
): Journal.Journal["Service"] => {
  const memory = Journal.makeMemory();
  return {
    ...memory,
    open: (run) =>
      Effect.map(memory.open(run), (writer) => ({
        ...writer,
        append: (events) => change(run, writer.append, events),
      })),
  };
};

/** What a journal on a full disk answers with. */
export const diskFull = (run: string) =>
  Effect.fail(
    new Journal.JournalError({
      operation: "append",
      run,
      reason: "Failed",
      message: "disk full",
    }),
  );
