import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Stream from "effect/Stream";
import * as ProcessIdentity from "../src/internal/ProcessIdentity.ts";
import * as Wrapper from "../src/internal/Wrapper.ts";
import { environment, services, temporaryFolder } from "./support/repository.ts";

interface Rest {
  readonly environment?: Readonly<Record<string, string>>;
  readonly ticket?: number;
}

/** Runs a command in a wrapper to its end. */
const run = Effect.fnUntraced(function* (
  notes: string,
  [command, ...args]: readonly [string, ...ReadonlyArray<string>],
  { ticket = 1, ...rest }: Rest = {},
) {
  const wrapped = Wrapper.wrap({ command, args, notes, ticket, environment, ...rest });
  const handle = yield* ChildProcess.make(wrapped.program, wrapped.args, {
    cwd: notes,
    env: wrapped.environment,
    stdin: "ignore",
    stderr: "ignore",
  });
  const output = yield* Stream.mkString(Stream.decodeText(handle.stdout));
  return { output, status: Number(yield* handle.exitCode) };
});

const read = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file));

describe("Wrapper", () => {
  it.live.each([
    ["a success", "exit 0", 0],
    ["a failure", "exit 3", 3],
    ["a signal", "kill -TERM $$", 143],
    ["a signal that nothing can catch", "kill -KILL $$", 137],
  ] as const)("notes the exit status of a command: %s", ([, line, status]) =>
    Effect.gen(function* () {
      const notes = yield* temporaryFolder();
      assert.strictEqual((yield* run(notes, ["sh", "-c", line])).status, status);
      assert.strictEqual(Wrapper.statusOf(yield* read(Wrapper.exitFile(notes, 1))), status);
    }).pipe(Effect.provide(services)),
  );

  it.live("notes which process it is, for as long as the command works", () =>
    Effect.gen(function* () {
      const notes = yield* temporaryFolder();
      const { output } = yield* run(notes, [
        "sh",
        "-c",
        'cat "started-1" && cat "/proc/$PPID/stat"',
      ]);
      const identity = ProcessIdentity.parse(`${output.split("\n").slice(0, 3).join("\n")}\n`);
      const stat = output.split("\n")[3] ?? "";
      assert.strictEqual(`${identity?.pid}`, stat.split(" ")[0]);
      assert.strictEqual(identity?.start, stat.split(" ")[21]);
      assert.strictEqual(identity?.boot, yield* ProcessIdentity.boot);
      assert.isFalse(yield* ProcessIdentity.isRunning(identity!));
    }).pipe(Effect.provide(services)),
  );

  it.live("tells no exit status while the command works", () =>
    Effect.gen(function* () {
      const notes = yield* temporaryFolder();
      const { output } = yield* run(notes, ["sh", "-c", "cat exit-1; exit 7"]);
      assert.strictEqual(output, "   \n");
      assert.strictEqual(Wrapper.statusOf(output), undefined);
      assert.strictEqual(Wrapper.statusOf(yield* read(Wrapper.exitFile(notes, 1))), 7);
    }).pipe(Effect.provide(services)),
  );

  it.live("starts nothing when its start was given up", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const notes = yield* temporaryFolder();
      yield* fs.writeFileString(Wrapper.startedFile(notes, 1), "void\n");
      const { output, status } = yield* run(notes, ["echo", "ran"]);
      assert.deepStrictEqual({ output, status }, { output: "", status: Wrapper.notClaimed });
      assert.strictEqual(yield* read(Wrapper.startedFile(notes, 1)), "void\n");
      assert.strictEqual(Wrapper.statusOf(yield* read(Wrapper.exitFile(notes, 1))), undefined);
    }).pipe(Effect.provide(services)),
  );

  it.live("starts one command, however many wrappers have the same ticket", () =>
    Effect.gen(function* () {
      const notes = yield* temporaryFolder();
      const runs = yield* Effect.forEach(
        Array.from({ length: 12 }),
        () => run(notes, ["sh", "-c", "echo ran >> ran"]),
        { concurrency: "unbounded" },
      );
      assert.strictEqual(yield* read(`${notes}/ran`), "ran\n");
      assert.strictEqual(runs.filter(({ status }) => status === 0).length, 1);
    }).pipe(Effect.provide(services)),
  );

  it.live("passes on variables and words that mean something to a shell", () =>
    Effect.gen(function* () {
      const notes = yield* temporaryFolder();
      const given = {
        PATH: environment.PATH,
        PWD: "/mine",
        IFS: "x",
        PS4: "p",
        ENV: "/nowhere",
        "with.dot-and-minus": "odd",
        status: "s",
        start: "t",
        notes: "n",
        line: "a\n'b\"$(c)",
        EMPTY: "",
      };
      const { output } = yield* run(notes, ["env", "-0"], { environment: given });
      const found = output.split("\0").slice(0, -1);
      const expected = Object.entries(given).map(([name, value]) => `${name}=${value}`);
      assert.deepStrictEqual(found.toSorted(), expected.toSorted());

      const words = ["", "-n", "a b", "$(x)", "'", "*", "a=b"];
      const printed = yield* run(notes, ["printf", "%s\\0", ...words], { ticket: 2 });
      assert.deepStrictEqual(printed.output.split("\0").slice(0, -1), words);
    }).pipe(Effect.provide(services)),
  );

  it.live("runs a program whose name looks like a variable", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const notes = yield* temporaryFolder();
      yield* fs.writeFileString(`${notes}/a=b`, '#!/bin/sh\necho "ran $1"\n', { mode: 0o755 });
      assert.strictEqual((yield* run(notes, ["./a=b", "x"])).output, "ran x\n");
    }).pipe(Effect.provide(services)),
  );
});
