/** The repository that the demo works in: a plan and a stand-in agent, in one commit. */
import { fileURLToPath } from "node:url";
import type { Git } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as SafeFile from "../run/SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";

/** The folder for the demo is in use. */
export class FolderInUse extends Schema.TaggedError<FolderInUse>()("FolderInUse", {
  folder: Schema.String,
  found: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
  override get message(): string {
    return `--folder must name a folder that is new or empty, found ${this.found}: ${Text.line(this.folder)}. Name another one, or leave --folder out.`;
  }
}

/** Makes the repository, with its first commit on `main` checked out; answers with its folder. */
export const make = Effect.fn("DemoRepository.make")(function* (
  wanted: Option.Option<string>,
  git: Git.Git["Service"],
) {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* folderFor(wanted);
  const from = yield* template;
  yield* fs.copy(from, folder, { overwrite: true }).pipe(Effect.mapError(SafeFile.failed(folder)));
  yield* git.text(folder, ["init", "--quiet", "-b", "main"]);
  // Whatever the user's git ignores everywhere, the demo needs all of its files.
  yield* git.text(folder, ["add", "--all", "--force"]);
  yield* git.text(folder, ["commit", "--quiet", "-m", "Plan wordstat"]);
  return folder;
});

/** The folder that is wanted, new or empty; else a new one among the temporary folders. */
export const folderFor = (wanted: Option.Option<string>) =>
  Option.match(wanted, { onNone: () => temporary, onSome: empty });

const temporary = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  return yield* fs.makeTempDirectory({ prefix: "orchestrator-demo-" }).pipe(
    Effect.flatMap((folder) => fs.realPath(folder)),
    Effect.mapError(SafeFile.failed("a temporary folder")),
  );
});

const empty = Effect.fnUntraced(function* (wanted: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const folder = path.resolve((yield* Screen).folder, wanted);
  const listing = fs
    .makeDirectory(folder, { recursive: true })
    .pipe(Effect.andThen(fs.readDirectory(folder)));
  const files = yield* Effect.mapError(listing, (error) =>
    isTaken(error.reason._tag)
      ? new FolderInUse({ folder, found: "a file" })
      : SafeFile.failed(folder)(error),
  );
  if (files.length > 0) {
    return yield* new FolderInUse({ folder, found: "one with files in it" });
  }
  return yield* Effect.mapError(fs.realPath(folder), SafeFile.failed(folder));
});

/** What making a folder fails with where a file has its name. */
const isTaken = (tag: string): boolean => tag === "AlreadyExists" || tag === "BadResource";

/** Beside the bundle, and in the sources' own repository. */
const templates = ["./wordstat/", "../../../../examples/demo/"].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);

const template = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  for (const folder of templates) {
    if (yield* Effect.orElseSucceed(fs.exists(`${folder}plan.yaml`), () => false)) return folder;
  }
  return yield* Effect.die(
    new Error(`the files of the demo are missing, looked in ${templates.join(" and ")}`),
  );
});
