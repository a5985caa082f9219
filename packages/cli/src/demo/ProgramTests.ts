/** The tests that come with the program that the demo builds. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Schema from "effect/Schema";
import * as Stream from "effect/Stream";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";

/** The program was built, but does not pass its own tests. */
export class TestsFailed extends Schema.TaggedError<TestsFailed>()("TestsFailed", {
  folder: Schema.String,
  /** What the test runner printed. */
  output: Schema.String,
}) {
  override get message(): string {
    const last = Text.lines(this.output.slice(-4_000)).slice(-30).join("\n");
    return `the program does not pass its own tests:\n${last}\nSee for yourself: ${Shell.line("cd", this.folder)} && node --test test/*.test.mjs`;
  }
}

/** Runs the tests with the `node` that the plan's commands use; answers how many passed, at least 1. */
export const run = Effect.fn("ProgramTests.run")(function* (
  folder: string,
  environment: Readonly<Record<string, string>>,
) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const names = yield* Effect.orElseSucceed(fs.readDirectory(path.join(folder, "test")), () => []);
  const files = names.filter((name) => name.endsWith(".test.mjs")).toSorted();
  // Without files, node would look for tests by itself, and find drafts.
  if (files.length === 0) {
    return yield* new TestsFailed({ folder, output: "There are no tests in the folder test." });
  }
  const args = ["--test", "--test-reporter=tap", ...files.map((name) => path.join("test", name))];
  const { exitCode, output } = yield* execute(folder, args, environment).pipe(
    Effect.catch((error) => Effect.succeed({ exitCode: -1, output: error.message })),
  );
  const passed = passedIn(output);
  if (exitCode !== 0 || passed === 0) return yield* new TestsFailed({ folder, output });
  return passed;
});

/** How many tests passed, as TAP output tells at its end; 0 if it does not. */
export const passedIn = (output: string): number =>
  Number(
    output
      .match(/^# pass (\d+)$/gm)
      ?.at(-1)
      ?.slice("# pass ".length) ?? 0,
  );

const execute = Effect.fnUntraced(function* (
  folder: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
) {
  const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
  const handle = yield* spawner.spawn(
    ChildProcess.make("node", args, { cwd: folder, env, stdin: "ignore" }),
  );
  const [output, exitCode] = yield* Effect.all(
    [handle.all.pipe(Stream.decodeText(), Stream.mkString), handle.exitCode],
    { concurrency: "unbounded" },
  );
  return { exitCode: Number(exitCode), output };
}, Effect.scoped);
