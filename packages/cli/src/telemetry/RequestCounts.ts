/** How many requests adapters sent for a run, in all its processes: a file in its folder, for whoever looks at the run. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schedule from "effect/Schedule";
import * as Schema from "effect/Schema";
import * as SafeFile from "../run/SafeFile.ts";
import type { Request, Requests } from "./Requests.ts";

const fileName = "requests.json";

/** How often the file is brought up to date. */
const pause = "15 seconds";

const Count = Schema.Struct({
  host: Schema.String,
  method: Schema.String,
  /** `200`, or `failed` where there was no answer. */
  status: Schema.String,
  count: Schema.Int,
});
export type RequestCount = typeof Count.Type;

const Counts = Schema.fromJsonString(Schema.Array(Count));

/** What was kept in the folder of a run; nothing if nothing was, or nothing that can be read. */
export const read = Effect.fn("RequestCounts.read")(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const text = yield* Effect.option(fs.readFileString(path.join(folder, fileName)));
  const counts = Option.flatMap(text, Schema.decodeUnknownOption(Counts));
  return Option.getOrElse(counts, (): ReadonlyArray<RequestCount> => []);
});

/** Counts on top of what processes before this one did, until the scope closes. */
export const keep = Effect.fn("RequestCounts.keep")(function* (folder: string, requests: Requests) {
  const path = yield* Path.Path;
  const counts = new Map<string, RequestCount>();
  for (const one of yield* read(folder)) counts.set(keyOf(one), one);
  const add = (request: Request): void => {
    const { host, method, status } = request;
    const one = { host, method, status: status === undefined ? "failed" : String(status) };
    const count = (counts.get(keyOf(one))?.count ?? 0) + 1;
    counts.set(keyOf(one), { ...one, count });
  };
  let written = 0;
  const total = () => [...counts.values()].reduce((sum, { count }) => sum + count, 0);
  // It only tells: no run ends because of it.
  const write = Effect.suspend(() => {
    if (written === total()) return Effect.void;
    written = total();
    return SafeFile.write(path.join(folder, fileName), `${JSON.stringify([...counts.values()])}\n`);
  }).pipe(Effect.ignore);
  written = total();
  yield* Effect.acquireRelease(
    Effect.sync(() => requests.listen(add)),
    (stop) => Effect.sync(stop),
  );
  yield* Effect.addFinalizer(() => write);
  yield* Effect.forkScoped(Effect.repeat(write, Schedule.spaced(pause)));
  return () => [...counts.values()];
});

const keyOf = ({ host, method, status }: Omit<RequestCount, "count">): string =>
  `${method} ${host} ${status}`;
