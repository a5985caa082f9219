/**
 * What a webhook is still to be sent of a run: a cursor over the journal, kept in the folder of the
 * run.
 *
 * An event is behind the cursor once its receiver has taken it. So nothing is lost when a process
 * is killed, events come in their order, and one may come twice: its id tells.
 */
import type { Journal } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as SafeFile from "../run/SafeFile.ts";
import * as Outgoing from "./Outgoing.ts";
import * as Webhook from "./Webhook.ts";

/** What is kept: the last event that needs to be sent no more. */
const Kept = Schema.fromJsonString(Schema.Struct({ version: Schema.Literal(1), last: Schema.Int }));

export interface Outbox {
  readonly webhook: Webhook.Webhook;
  /** Sends what waits, in its order; fails at the first event that is not taken. Answers with how many were. */
  readonly deliver: Effect.Effect<
    number,
    Webhook.NotTaken | Journal.JournalError | SafeFile.WriteFailed,
    FileSystem.FileSystem | Path.Path
  >;
  /** How many events wait. */
  readonly waiting: Effect.Effect<number, Journal.JournalError>;
}

export interface Place {
  readonly webhook: Webhook.Webhook;
  readonly run: string;
  /** The folder of the run. */
  readonly folder: string;
  readonly journal: Journal.Journal["Service"];
  /** Tells of an event that its receiver will never take. */
  readonly refused: (message: string) => Effect.Effect<void>;
}

const fileOf = (path: Path.Path, { folder, webhook }: Pick<Place, "folder" | "webhook">): string =>
  path.join(folder, "webhooks", `${webhook.id}.json`);

/** The outbox that a run has for a webhook; undefined if it has none. */
export const find = Effect.fn("Outbox.find")(function* (place: Place) {
  const fs = yield* FileSystem.FileSystem;
  const file = fileOf(yield* Path.Path, place);
  const text = yield* Effect.option(fs.readFileString(file));
  const kept = Option.flatMap(text, Schema.decodeUnknownOption(Kept));
  return Option.isNone(kept) ? undefined : outbox(place, file, kept.value.last);
});

/** The outbox of a run for a webhook; one that is new begins behind the events that the run has already. */
export const open = Effect.fn("Outbox.open")(function* (place: Place, seen: number) {
  const found = yield* find(place);
  if (found !== undefined) return found;
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = fileOf(path, place);
  yield* Effect.mapError(
    fs.makeDirectory(path.dirname(file), { recursive: true, mode: 0o700 }),
    SafeFile.failed(file),
  );
  yield* keep(file, seen);
  return outbox(place, file, seen);
});

const keep = (file: string, last: number) =>
  SafeFile.write(file, Schema.encodeSync(Kept)({ version: 1, last }));

const outbox = ({ journal, refused, run, webhook }: Place, file: string, from: number): Outbox => {
  let last = from;
  const rest = Stream.suspend(() => journal.read(run, last + 1));
  const isMeant = (entry: Journal.JournalEntry) => Outgoing.isMeant(entry, webhook.events);
  const one = Effect.fnUntraced(function* (entry: Journal.JournalEntry) {
    const now = yield* Clock.currentTimeMillis;
    yield* Webhook.send(webhook, Outgoing.of(entry), now).pipe(
      Effect.catchIf(
        ({ isFinal }) => isFinal,
        ({ message }) =>
          refused(
            `${webhook.host} does not take event ${entry.sequence}, which is not sent again: ${message}`,
          ),
      ),
    );
    last = entry.sequence;
    yield* keep(file, last);
  });
  return {
    webhook,
    deliver: Stream.runFold(
      Stream.mapEffect(Stream.filter(rest, isMeant), one),
      () => 0,
      (count) => count + 1,
    ),
    waiting: Stream.runFold(
      Stream.filter(rest, isMeant),
      () => 0,
      (count) => count + 1,
    ),
  };
};
