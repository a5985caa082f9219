import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as AttemptNotes from "../src/internal/AttemptNotes.ts";
import * as ProcessIdentity from "../src/internal/ProcessIdentity.ts";
import * as Wrapper from "../src/internal/Wrapper.ts";
import { services, temporaryFolder } from "./support/repository.ts";

const prepare = Effect.gen(function* () {
  const notes = `${yield* temporaryFolder()}/a-1`;
  const boot = yield* ProcessIdentity.boot;
  const note: AttemptNotes.AttemptNote = {
    key: "k",
    run: "r1",
    task: { id: "a", payload: { run: "x" }, dependsOn: ["b"] },
    attempt: 1,
    ticket: 1,
    boot,
    log: "/log",
    worktree: { path: "/w", branch: "b", start: "c" },
  };
  yield* AttemptNotes.announce(notes, note);
  const claim = (text: string) =>
    Effect.flatMap(FileSystem.FileSystem, (fs) =>
      fs.writeFileString(Wrapper.startedFile(notes, 1), text),
    );
  return { notes, note, boot, claim };
});

const earlier = (note: AttemptNotes.AttemptNote) => ({ ...note, boot: "earlier" });

describe("AttemptNotes", () => {
  it.live("reads what was noted, and nothing where nothing was", () =>
    Effect.gen(function* () {
      const { notes, note } = yield* prepare;
      assert.deepStrictEqual(yield* AttemptNotes.read(notes), note);
      assert.strictEqual(yield* AttemptNotes.read(`${notes}/none`), undefined);
      assert.strictEqual(yield* AttemptNotes.readEnd(notes), undefined);
      const end = {
        end: { _tag: "Succeeded", output: { a: [1, null] } },
        fate: "deliver",
      } as const;
      yield* AttemptNotes.end(notes, end);
      assert.deepStrictEqual(yield* AttemptNotes.readEnd(notes), end);
    }).pipe(Effect.provide(services)),
  );

  it.live("says which file it cannot use", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { notes } = yield* prepare;
      yield* fs.writeFileString(`${notes}/attempt.json`, '{"key": 1');
      const error = yield* Effect.flip(AttemptNotes.read(notes));
      assert.include(error.message, `${notes}/attempt.json`);
    }).pipe(Effect.provide(services)),
  );

  it.live("keeps notes from other users", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { notes } = yield* prepare;
      assert.strictEqual((yield* fs.stat(notes)).mode & 0o77, 0);
      assert.strictEqual((yield* fs.stat(`${notes}/attempt.json`)).mode & 0o77, 0);
    }).pipe(Effect.provide(services)),
  );

  it.live("finds a start that was claimed, and leaves it", () =>
    Effect.gen(function* () {
      const { notes, note, boot, claim } = yield* prepare;
      yield* claim(`12\n345\n${boot}\n`);
      const identity = { pid: 12, start: "345", boot };
      assert.deepStrictEqual(yield* AttemptNotes.settle(notes, note), {
        _tag: "Started",
        identity,
      });
      assert.isTrue(yield* AttemptNotes.isStarted(notes, note));
    }).pipe(Effect.provide(services)),
  );

  it.live("gives a start up that nobody claimed, once and for all", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { notes, note } = yield* prepare;
      assert.isFalse(yield* AttemptNotes.isStarted(notes, note));
      assert.isFalse(yield* fs.exists(Wrapper.startedFile(notes, 1)));
      for (const time of ["first", "second"]) {
        assert.strictEqual((yield* AttemptNotes.settle(notes, note))._tag, "Void", time);
      }
      assert.isTrue(yield* fs.exists(Wrapper.startedFile(notes, 1)));
      assert.isFalse(yield* AttemptNotes.isStarted(notes, note));
    }).pipe(Effect.provide(services)),
  );

  it.live.each([
    ["there is no claim", undefined, "Lost"],
    ["the claim is empty", "", "Lost"],
    ["the claim was given up", "void\n", "Void"],
    ["the claim is whole", "12\n345\nearlier\n", "Started"],
  ] as const)("decides what a restart of the machine left: %s", ([, text, expected]) =>
    Effect.gen(function* () {
      const { notes, note, claim } = yield* prepare;
      if (text !== undefined) yield* claim(text);
      const before = earlier(note);
      assert.strictEqual((yield* AttemptNotes.settle(notes, before))._tag, expected);
      assert.strictEqual(yield* AttemptNotes.isStarted(notes, before), expected !== "Void");
    }).pipe(Effect.provide(services)),
  );
});
