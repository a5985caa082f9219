/** Does what other processes ask of the run that this one works on: see `Inbox`. */
import type { Operator, Orchestrator } from "@orchestrator/core";
import * as Changes from "@orchestrator/local/Changes";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as Inbox from "./Inbox.ts";
import * as SafeFile from "../run/SafeFile.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";

/** Answers requests, the oldest first, for as long as the run goes on. */
export const serve = Effect.fn("InboxServer.serve")(function* (
  inbox: string,
  handle: Orchestrator.RunHandle,
) {
  const fs = yield* FileSystem.FileSystem;
  yield* fs.makeDirectory(inbox, { recursive: true, mode: 0o700 });
  yield* Stream.runForEach(Changes.of(fs, inbox), () => answerAll(inbox, handle));
});

/** Answers everything that has come; once the run is over the answers say so. */
export const answerAll = Effect.fn("InboxServer.answerAll")(function* (
  inbox: string,
  handle: Orchestrator.RunHandle,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const names = yield* Effect.orElseSucceed(fs.readDirectory(inbox), () => []);
  const all = new Set(names);
  for (const name of names.toSorted()) {
    if (!name.endsWith(Inbox.suffixes.request)) continue;
    const answer = name.slice(0, -Inbox.suffixes.request.length) + Inbox.suffixes.answer;
    if (all.has(answer)) continue;
    yield* answerOne(path.join(inbox, name), path.join(inbox, answer), handle);
  }
});

const answerOne = Effect.fnUntraced(function* (
  request: string,
  answer: string,
  handle: Orchestrator.RunHandle,
) {
  const text = yield* Effect.result(read(request));
  // Whoever asked has gone.
  if (Result.isFailure(text)) return;
  const said = Effect.catchDefect(reply(text.success, handle), broken);
  const written = yield* Effect.flatMap(said, (one) =>
    SafeFile.write(answer, Schema.encodeSync(Inbox.Answer)(one)),
  ).pipe(Effect.result);
  if (Result.isFailure(written)) yield* Effect.logWarning(written.failure.message);
});

/** The largest request, in bytes. */
const maxBytes = 16 * 1024 * 1024;

/** The text of a request; what is no request of ours is an empty one. */
const read = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const { size, type } = yield* fs.stat(file);
  return type === "File" && size <= maxBytes ? yield* fs.readFileString(file) : "";
});

/** One bad request must not keep the others from being answered. */
const broken = (defect: unknown): Effect.Effect<Inbox.Answer> =>
  Effect.as(
    Effect.logWarning("A request of another process could not be worked on", defect),
    refused("The request could not be worked on; see the log of the run."),
  );

const reply = Effect.fnUntraced(function* (text: string, handle: Orchestrator.RunHandle) {
  const decoded = Schema.decodeResult(Inbox.Request)(text);
  if (Result.isFailure(decoded)) {
    return refused(
      "The process that works on the run does not understand the request. Both must be of the same version of orchestrator.",
    );
  }
  const { until, wish } = decoded.success;
  if ((yield* Clock.currentTimeMillis) >= until) return refused("Nobody waits for it any more.");
  const { outcome, suspended } = handle.state;
  if (outcome !== undefined) {
    return isCancelled(wish, handle)
      ? done(`It was cancelled, and the run has ended: ${outcome}.`)
      : refused(`The run has ended meanwhile: ${outcome}.${hint(wish)}`);
  }
  if (suspended !== undefined) return refused("The run was left by its process. Try again.");
  return yield* grant(wish, handle);
});

/** A change can be recorded once the process has left the run: its hooks and webhooks may take a while yet. */
const hint = ({ _tag }: Inbox.Wish): string =>
  _tag === "Change" ? " Its process is about to leave it: try again in a moment." : "";

/** Whether what is asked was done before its answer could be written. */
const isCancelled = (wish: Inbox.Wish, { state }: Orchestrator.RunHandle): boolean => {
  switch (wish._tag) {
    case "CancelRun":
      return state.stopping?.cause === "cancelled";
    case "CancelTask":
      return state.get(wish.task)?.outcome === "Cancelled";
    case "AddTasks":
    case "Change":
      return false;
  }
};

const grant = (wish: Inbox.Wish, handle: Orchestrator.RunHandle): Effect.Effect<Inbox.Answer> => {
  switch (wish._tag) {
    case "CancelRun":
      return Effect.map(handle.cancel("cancelled on request"), () =>
        done(`The run ${handle.id} is being cancelled by the process that works on it.`),
      );
    case "CancelTask":
      return Effect.map(handle.cancelTask(wish.task), (stopped) =>
        stopped ? done(`${wish.task} is being cancelled.`) : notCancelled(wish.task, handle),
      );
    case "AddTasks":
      return handle.add(wish.tasks).pipe(
        Effect.as(done("The process that works on the run has added the tasks.")),
        Effect.catch(({ message }) => Effect.succeed(refused(message))),
      );
    case "Change":
      return handle.change(clean(wish.change)).pipe(
        Effect.as(done("The process that works on the run has recorded it.")),
        Effect.catch(({ message }) => Effect.succeed(refused(message))),
      );
  }
};

/** What others want recorded holds no secret that this process knows. */
const clean = (change: Operator.Change): Operator.Change =>
  change._tag === "Emit" ? Scrubber.json(change) : change;

const notCancelled = (task: string, { state }: Orchestrator.RunHandle): Inbox.Answer => {
  const found = state.get(task);
  return refused(
    found === undefined
      ? `The run has no task ${JSON.stringify(task)}.`
      : `${task} cannot be cancelled: it is ${found.phase}.`,
  );
};

const done = (message: string): Inbox.Answer => ({ _tag: "Done", message });
const refused = (message: string): Inbox.Answer => ({ _tag: "Refused", message });
