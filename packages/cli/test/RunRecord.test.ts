import * as NodeServices from "@effect/platform-node/NodeServices";
import { ResultManager, type RunEvent } from "@orchestrator/core";
import { describe, expect, layer } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Stream from "effect/Stream";
import * as RunRecord from "../src/RunRecord.ts";
import * as Scene from "./support/Scene.ts";

const events: ReadonlyArray<RunEvent.RunEvent> = [
  Scene.started(),
  Scene.added([{ id: "a", title: "bidi \u202e and \u009b31m" }, { id: "b" }]),
  ...Scene.succeeded("a"),
  ...Scene.launched("b"),
];

const entries = events.map((event, index) => ({ run: "r", sequence: index + 1, event }));

layer(NodeServices.layer)("RunRecord", (it) => {
  describe("the events of a run", () => {
    it.effect("are read back as they were kept", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        const folder = yield* fs.makeTempDirectoryScoped();
        yield* RunRecord.keep(folder, Stream.fromIterable(entries));
        expect(yield* Stream.runCollect(RunRecord.read(folder))).toEqual(entries);
        const text = yield* fs.readFileString(`${folder}/events.ndjson`);
        expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
      }),
    );

    it.effect("tell what a killed run knew, without the line that was not written whole", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        const folder = yield* fs.makeTempDirectoryScoped();
        yield* RunRecord.keep(folder, Stream.fromIterable(entries));
        const file = `${folder}/events.ndjson`;
        yield* fs.writeFileString(file, (yield* fs.readFileString(file)).slice(0, -10));
        const state = yield* RunRecord.fold(folder);
        expect([...ResultManager.rows(state)].map(({ status }) => status)).toEqual([
          "succeeded",
          "launching",
        ]);
      }),
    );

    it.effect("are refused when one tells of a task that never joined", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        const folder = yield* fs.makeTempDirectoryScoped();
        const orphan = { _tag: "TaskReady", at: Scene.now, task: "nobody" } as const;
        yield* RunRecord.keep(
          folder,
          Stream.fromIterable([...entries.slice(0, 2), { run: "r", sequence: 3, event: orphan }]),
        );
        const error = yield* Effect.flip(RunRecord.fold(folder));
        expect(error.message).toContain(
          "events.ndjson:3 is not event 3 of its run, found TaskReady of a task that never joined.",
        );
      }),
    );
  });
});
