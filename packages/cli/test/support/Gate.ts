/** Commands that say when they have begun, and end when they are let go: by named pipes, never by time. */
import { execFileSync } from "node:child_process";
import { type FileHandle, open } from "node:fs/promises";
import * as Effect from "effect/Effect";
import * as Command from "./Command.ts";

/** A line for the shell that appends a name to the file `order`, says so, and ends when it is let go. */
export const closed = (name: string): string =>
  `echo ${name} >> order; echo > ${name}.begun; read _ < ${name}.go`;

export interface Gates extends Command.Folder {
  /** Waits until a command has begun. */
  readonly reached: (name: string) => Effect.Effect<void>;
  /** Lets a command end. */
  readonly open: (name: string) => Effect.Effect<void>;
}

/** A folder with the pipes of some commands; with it, all of them are let go. */
export const folder = (
  files: Readonly<Record<string, string>>,
  names: ReadonlyArray<string>,
  options: Command.Options = {},
) =>
  Effect.gen(function* () {
    const made = yield* Command.folder(files, options);
    const pipes = new Map<string, FileHandle>();
    const line = (pipe: string) => Effect.promise(() => pipes.get(pipe)!.write("\n"));
    for (const pipe of names.flatMap((name) => [`${name}.begun`, `${name}.go`])) {
      yield* Effect.sync(() => execFileSync("mkfifo", [pipe], { cwd: made.path }));
      // Open for reading and writing, so that nobody waits for the other end.
      const opened = Effect.promise(() => open(made.file(pipe), "r+"));
      const handle = yield* Effect.acquireRelease(opened, (one) =>
        Effect.promise(async () => {
          await one.write("\n");
          await one.close();
        }),
      );
      pipes.set(pipe, handle);
    }
    return {
      ...made,
      reached: (name) =>
        Effect.promise(() => pipes.get(`${name}.begun`)!.read(Buffer.alloc(1), 0, 1)),
      open: (name) => Effect.asVoid(line(`${name}.go`)),
    } satisfies Gates;
  });
