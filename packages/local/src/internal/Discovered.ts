/**
 * Remembers which tasks a task has already added, in a file, so that neither a
 * second attempt nor a second process that finds the same ones again is refused
 * for reusing their ids.
 *
 * A batch is written down before it is offered, and its answer after that. One
 * without an answer was offered by a process that was ended meanwhile: it is
 * offered once more, and if all its ids are taken now, it was added then.
 */
import { type Agent, PlanProblem, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { Offer } from "../DiscoveryFile.ts";
import type { RunFolder } from "../RunFolder.ts";
import * as DurableFile from "./DurableFile.ts";

type Tasks = ReadonlyArray<Task.Task>;

export interface Discovered {
  /** Offers to the engine what this task has not added before, word for word. */
  readonly offer: (
    by: Task.TaskId,
    report: Agent.AgentReport,
  ) => (tasks: Tasks) => ReturnType<Offer>;
}

const Note = Schema.fromJsonString(
  Schema.Union([
    Schema.TaggedStruct("Offered", { tasks: Schema.Array(Task.Task) }),
    Schema.TaggedStruct("Added", {}),
    Schema.TaggedStruct("Refused", {}),
  ]),
);
type Note = typeof Note.Type;

const encode = Schema.encodeSync(Note);
const decode = Schema.decodeUnknownResult(Note);

/** What the notes of one task say. */
interface Known {
  readonly added: Set<string>;
  /** Offered, and nobody knows with what answer. */
  unclear: Tasks;
}

export const make = Effect.fnUntraced(function* (folder: RunFolder) {
  const fs = yield* FileSystem.FileSystem;
  const known = new Map<Task.TaskId, Known>();
  // A note that cannot be made, as on a full disk, matters only to a process that comes after this one.
  const noted = (by: Task.TaskId, note: Note) =>
    DurableFile.append(folder.offers(by), `\n${encode(note)}`).pipe(
      Effect.provideService(FileSystem.FileSystem, fs),
      Effect.catch((error) =>
        Effect.logWarning(`What ${by} discovered was not noted: ${error.message}`),
      ),
    );

  const knownOf = Effect.fnUntraced(function* (by: Task.TaskId) {
    const before = known.get(by);
    if (before !== undefined) return before;
    const text = yield* Effect.orElseSucceed(DurableFile.read(folder.offers(by)), () => undefined);
    const found = recall(text ?? "");
    known.set(by, found);
    return found;
  });

  const offerBatch = Effect.fnUntraced(function* (
    by: Task.TaskId,
    tasks: Tasks,
    { added }: Known,
    report: Agent.AgentReport,
    isKnown: (rejected: Agent.DiscoveryRejected) => boolean,
  ) {
    yield* noted(by, { _tag: "Offered", tasks });
    const answer = yield* Effect.result(report.discover(tasks));
    if (Result.isFailure(answer) && !isKnown(answer.failure)) {
      yield* noted(by, { _tag: "Refused" });
      return yield* answer.failure;
    }
    for (const task of tasks) added.add(words(task));
    yield* noted(by, { _tag: "Added" });
  });

  const offer = Effect.fnUntraced(function* (
    by: Task.TaskId,
    report: Agent.AgentReport,
    tasks: Tasks,
  ): Effect.fn.Return<void, Agent.DiscoveryRejected, FileSystem.FileSystem> {
    const before = yield* knownOf(by);
    const { unclear } = before;
    if (unclear.length > 0) {
      before.unclear = [];
      yield* offerBatch(by, unclear, before, report, isTaken(unclear));
    }
    const fresh = tasks.filter((task) => !before.added.has(words(task)));
    if (fresh.length > 0) yield* offerBatch(by, fresh, before, report, () => false);
  });

  return {
    offer: (by, report) => (tasks) =>
      Effect.provideService(offer(by, report, tasks), FileSystem.FileSystem, fs),
  } satisfies Discovered;
});

/** The same for two tasks that say the same, in whatever order. */
const words = (task: Task.Task): string =>
  JSON.stringify(task, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

const recall = (text: string): Known => {
  const known: Known = { added: new Set(), unclear: [] };
  for (const line of text.split("\n")) {
    const note = decode(line);
    // A note may be torn where its process was ended.
    if (Result.isFailure(note)) continue;
    if (note.success._tag === "Added") {
      for (const task of known.unclear) known.added.add(words(task));
    }
    known.unclear = note.success._tag === "Offered" ? note.success.tasks : [];
  }
  return known;
};

/** Whether a batch was refused for nothing but that the run has its ids: all are added or none. */
const isTaken =
  (tasks: Tasks) =>
  ({ problems }: Agent.DiscoveryRejected): boolean => {
    const expected = tasks.map(({ id }) =>
      PlanProblem.message({ _tag: "DuplicateTask", task: id, count: 2 }),
    );
    return problems.length === expected.length && expected.every((one) => problems.includes(one));
  };
