/** What a run asked of GitHub, in all its processes: a file in its folder, for whoever looks at the run. */
import { type Ledger, type Statement, sum } from "@orchestrator/github/Ledger";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import * as SafeFile from "./SafeFile.ts";

const fileName = "github.json";

const Stated = Schema.fromJsonString(
  Schema.Struct({
    requests: Schema.Int,
    unchanged: Schema.Int,
    repeated: Schema.Int,
    rest: Schema.Int,
    graphql: Schema.Int,
    waitedMillis: Schema.Finite,
    operations: Schema.Array(
      Schema.Struct({
        operation: Schema.String,
        requests: Schema.Int,
        unchanged: Schema.Int,
        repeated: Schema.Int,
        rest: Schema.Int,
        graphql: Schema.Int,
      }),
    ),
    remaining: Schema.Array(
      Schema.Struct({
        resource: Schema.Literals(["rest", "graphql"]),
        limit: Schema.Finite,
        remaining: Schema.Finite,
        resetsAt: Schema.Finite,
      }),
    ),
  }),
);

/** How often the file is brought up to date. */
const pause = "15 seconds";

/** What was kept in the folder of a run; undefined if nothing was, or nothing that can be read. */
export const read = Effect.fn("RunLedger.read")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const text = yield* Effect.option(fs.readFileString(path.join(folder, fileName)));
  const stated = Option.flatMap(text, Schema.decodeUnknownOption(Stated));
  return Option.getOrUndefined(stated) satisfies Statement | undefined;
});

/** Keeps what this process asks, on top of what those before it did, until the scope closes. */
export const keep = Effect.fn("RunLedger.keep")(function* (folder: string, ledger: Ledger) {
  const path = yield* Path.Path;
  const before = yield* read(folder);
  const statement = () =>
    before === undefined ? ledger.statement() : sum(before, ledger.statement());
  const file = path.join(folder, fileName);
  // It only tells: no run ends because of it.
  const written = Effect.ignore(
    Effect.suspend(() => SafeFile.write(file, `${JSON.stringify(statement())}\n`)),
  );
  yield* Effect.addFinalizer(() => written);
  yield* Effect.forkScoped(Effect.repeat(written, Schedule.spaced(pause)));
  return statement;
});
