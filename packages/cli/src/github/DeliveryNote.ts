/** What is noted of an attempt at an issue before its agent is launched: where its work is to go, whichever process brings it there. */
import { Task } from "@orchestrator/core";
import type { RunFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as SafeFile from "../run/SafeFile.ts";

export const DeliveryNote = Schema.Struct({
  run: Schema.String,
  task: Task.Task,
  attempt: Schema.Int,
  /** The branch that the work is pushed to. */
  branch: Schema.String,
  /** The branch of the change that the work stands on; absent: the base. */
  below: Schema.optionalKey(Schema.String),
});
export type DeliveryNote = typeof DeliveryNote.Type;

const Json = Schema.fromJsonString(DeliveryNote);

const fileOf = (path: Path.Path, { root }: RunFolder.RunFolder, name: string): string =>
  path.join(root, "deliveries", `${name}.json`);

/** Notes it. */
export const write = Effect.fn("DeliveryNote.write")(function* (
  folder: RunFolder.RunFolder,
  note: DeliveryNote,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const text = yield* Effect.orDie(Schema.encodeEffect(Json)(note));
  const file = fileOf(path, folder, folder.name(note.task.id, note.attempt));
  yield* fs.makeDirectory(path.dirname(file), { recursive: true });
  yield* SafeFile.write(file, text);
});

/** Reads that of an agent run; fails in words if it cannot be read. */
export const read = Effect.fn("DeliveryNote.read")(function* (
  folder: RunFolder.RunFolder,
  agentRun: string,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = fileOf(path, folder, path.basename(agentRun));
  const text = yield* Effect.mapError(fs.readFileString(file), ({ message }) => message);
  return yield* Effect.mapError(Schema.decodeEffect(Json)(text), ({ message }) => message);
});
