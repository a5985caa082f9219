/** Real repositories in temporary folders that vanish with the test's scope. */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Base from "../../src/Base.ts";
import { Git } from "../../src/Git.ts";

/** All that the commands of a test know of this machine. */
export const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: "/nonexistent" };

/** What lets programs of the tests start in half the time. */
export const compiled = { NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] };

export const services = Git.layer(environment).pipe(Layer.provideMerge(NodeServices.layer));

/** What git answers in a folder. */
export const git = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.flatMap(Git, (service) => service.text(folder, args));

/** A folder whose name has what shells and git stumble over. */
export const temporaryFolder = Effect.fnUntraced(function* () {
  const fs = yield* FileSystem.FileSystem;
  const made = yield* fs.makeTempDirectoryScoped({ prefix: "orchestrator t\u00e9st '" });
  return yield* fs.realPath(made);
});

/** A repository with one commit on `main`, checked out. */
export const repository = Effect.fnUntraced(function* () {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* temporaryFolder();
  yield* git(folder, "init", "--quiet", "-b", "main");
  yield* fs.writeFileString(`${folder}/README`, "start\n");
  yield* git(folder, "add", "--all");
  yield* git(folder, "commit", "--quiet", "-m", "Start");
  return folder;
});

/** Commits files on a new branch that starts at `from`, without any checkout that stays. */
export const branchWith = Effect.fnUntraced(function* (
  folder: string,
  branch: string,
  from: string,
  files: Readonly<Record<string, string>>,
) {
  const fs = yield* FileSystem.FileSystem;
  const place = yield* temporaryFolder();
  yield* git(folder, "worktree", "add", "--quiet", "-b", branch, `${place}/w`, from);
  for (const [name, content] of Object.entries(files)) {
    yield* fs.writeFileString(`${place}/w/${name}`, content);
  }
  yield* git(`${place}/w`, "add", "--all");
  yield* git(`${place}/w`, "commit", "--quiet", "-m", branch);
  const commit = yield* git(`${place}/w`, "rev-parse", "HEAD");
  yield* git(folder, "worktree", "remove", "--force", `${place}/w`);
  return { branch, commit };
});

/** Branch `work` next to the checked-out `main`, as the base of a run. */
export const freeBase = Effect.fnUntraced(function* (folder: string) {
  yield* git(folder, "branch", "work");
  return yield* Base.make({ run: "r1", repository: folder, branch: "work" });
});
