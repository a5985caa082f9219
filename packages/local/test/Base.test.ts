import { assert, describe, it } from "@effect/vitest";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as ChildProcess from "effect/process/ChildProcess";
import * as Base from "../src/Base.ts";
import { Git } from "../src/Git.ts";
import {
  environment,
  freeBase,
  repository,
  services,
  temporaryFolder,
  git,
} from "./support/repository.ts";

const problem = (options: Base.BaseOptions) => Effect.flip(Base.make(options));

/** Runs the command that a message ends with, as somebody who pastes it. */
const paste = Effect.fnUntraced(function* (message: string) {
  const command = message.slice(message.lastIndexOf(": git ") + 2);
  const handle = yield* ChildProcess.make("/bin/sh", ["-c", command], { cwd: "/", env: committer });
  assert.strictEqual(Number(yield* handle.exitCode), 0, command);
});

const committer = {
  PATH: environment.PATH,
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@localhost",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@localhost",
};

/** An empty commit on top of another one. */
const commit = Effect.fnUntraced(function* (folder: string, parent: string, subject = "Work") {
  const tree = yield* git(folder, "rev-parse", `${parent}^{tree}`);
  return yield* git(folder, "commit-tree", tree, "-p", parent, "-m", subject);
});

/** A branch on which two changes have landed. */
const landedOn = Effect.fnUntraced(function* (folder: string, branch: string) {
  const first = yield* commit(folder, "main");
  const second = yield* commit(folder, first);
  yield* git(folder, "branch", branch, "main");
  for (const landed of [first, second]) {
    yield* git(folder, "update-ref", `refs/heads/${branch}`, landed);
  }
  return { landed: [first, second] };
});

/** The base to ask for so that work lands on a branch. */
const asked = (branch: string) => (branch.startsWith("orchestrator/") ? "main" : branch);

describe("Base", () => {
  it.live("moves a branch directly that nobody has checked out", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      yield* git(folder, "branch", "work");
      const base = yield* Base.make({ run: "r1", repository: folder, branch: "work" });
      assert.strictEqual(base.branch, "work");
      assert.strictEqual(base.takeOver, undefined);
      assert.strictEqual(yield* base.tip, yield* git(folder, "rev-parse", "work"));
    }).pipe(Effect.provide(services)),
  );

  it.live("works on a branch of its own when the base is checked out", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* Base.make({ run: "r1", repository: folder });
      assert.strictEqual(base.requested, "main");
      assert.strictEqual(base.branch, "orchestrator/r1/@merged");
      assert.strictEqual(
        base.takeOver,
        `git -C '${folder.replaceAll("'", "'\\''")}' merge orchestrator/r1/@merged`,
      );
      assert.strictEqual(yield* base.tip, yield* git(folder, "rev-parse", "main"));
    }).pipe(Effect.provide(services)),
  );

  it.live("says how to take the work over where the base is checked out, from any folder", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const elsewhere = yield* temporaryFolder();
      const occupied = `${elsewhere}/w`;
      yield* git(folder, "worktree", "add", "--quiet", "-b", "other", occupied);
      const base = yield* Base.make({ run: "r1", repository: folder, branch: "other" });
      const tree = yield* git(folder, "rev-parse", "main^{tree}");
      const work = yield* git(folder, "commit-tree", tree, "-p", "main", "-m", "Work");
      yield* git(folder, "update-ref", `refs/heads/${base.branch}`, work);
      const command = base.takeOver ?? "";
      const handle = yield* ChildProcess.make("/bin/sh", ["-c", command], { cwd: elsewhere });
      assert.strictEqual(Number(yield* handle.exitCode), 0);
      assert.strictEqual(yield* git(occupied, "rev-parse", "other"), work);
      assert.notStrictEqual(yield* git(folder, "rev-parse", "main"), work);
    }).pipe(Effect.provide(services)),
  );

  it.live("takes the run's own branch up again in a second run with the same id", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      yield* (yield* Base.make({ run: "r1", repository: folder })).tip;
      yield* git(folder, "commit", "--allow-empty", "-m", "Later");
      const again = yield* Base.make({ run: "r1", repository: folder });
      assert.strictEqual(yield* again.tip, yield* git(folder, "rev-parse", "main~1"));
    }).pipe(Effect.provide(services)),
  );

  it.live("goes on with the run's own branch when nobody has the base checked out any more", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const first = yield* Base.make({ run: "r1", repository: folder, branch: "main" });
      const tree = yield* git(folder, "rev-parse", "main^{tree}");
      const work = yield* git(folder, "commit-tree", tree, "-p", "main", "-m", "Work");
      yield* git(folder, "update-ref", `refs/heads/${first.branch}`, work);
      yield* git(folder, "checkout", "--quiet", "-b", "elsewhere");
      const options = { run: "r1", repository: folder, branch: "main", updateCheckout: true };
      const again = yield* Base.make(options);
      assert.strictEqual(again.branch, first.branch);
      assert.strictEqual(again.checkout, undefined);
      assert.strictEqual(yield* again.tip, work);
      const command = ChildProcess.make("/bin/sh", ["-c", again.takeOver ?? ""], { cwd: "/" });
      assert.strictEqual(Number(yield* (yield* command).exitCode), 0);
      assert.strictEqual(yield* git(folder, "rev-parse", "main"), work);
    }).pipe(Effect.provide(services)),
  );

  it.live("follows a checkout only if that is asked for and it is clean", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* repository();
      const clean = yield* Base.make({ run: "r1", repository: folder, updateCheckout: true });
      assert.strictEqual(clean.branch, "main");
      assert.strictEqual(clean.checkout, folder);
      yield* fs.writeFileString(`${folder}/untracked`, "mine");
      const dirty = yield* Base.make({ run: "r2", repository: folder, updateCheckout: true });
      assert.strictEqual(dirty.branch, "orchestrator/r2/@merged");
      assert.strictEqual(dirty.checkout, undefined);
    }).pipe(Effect.provide(services)),
  );

  it.live("finds the repository from a folder below its root", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* repository();
      yield* fs.makeDirectory(`${folder}/a/b`, { recursive: true });
      const base = yield* Base.make({ run: "r1", repository: `${folder}/a/b` });
      assert.strictEqual(base.repository, folder);
    }).pipe(Effect.provide(services)),
  );

  it.live("uses a bare repository", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const bare = `${yield* temporaryFolder()}/bare.git`;
      yield* git(folder, "clone", "--quiet", "--bare", folder, bare);
      const base = yield* Base.make({ run: "r1", repository: bare });
      assert.strictEqual(base.repository, bare);
      assert.strictEqual(base.branch, "main");
    }).pipe(Effect.provide(services)),
  );

  it.live("says what to do in a folder that is no repository, or does not exist", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder();
      const none = yield* problem({ run: "r1", repository: folder });
      assert.strictEqual(none.reason, "NotARepository");
      assert.include(none.message, "isolation: none");
      const missing = yield* problem({ run: "r1", repository: `${folder}/missing` });
      assert.strictEqual(missing.reason, "NotARepository");
      assert.include(missing.message, "does not exist");
    }).pipe(Effect.provide(services)),
  );

  it.live("says what to do in a repository without commits", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder();
      yield* git(folder, "init", "--quiet");
      const error = yield* problem({ run: "r1", repository: folder });
      assert.strictEqual(error.reason, "NoCommits");
      assert.include(error.message, "--allow-empty");
    }).pipe(Effect.provide(services)),
  );

  it.live("asks for a branch when HEAD is detached, and takes a named one", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      yield* git(folder, "checkout", "--quiet", "--detach");
      const error = yield* problem({ run: "r1", repository: folder });
      assert.strictEqual(error.reason, "DetachedHead");
      const named = yield* Base.make({ run: "r1", repository: folder, branch: "main" });
      assert.strictEqual(named.branch, "main");
    }).pipe(Effect.provide(services)),
  );

  it.live("names the branches there are when the base does not exist", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const error = yield* problem({ run: "r1", repository: folder, branch: "mian" });
      assert.strictEqual(error.reason, "MissingBranch");
      assert.include(error.message, "there are: main");
    }).pipe(Effect.provide(services)),
  );

  it.live("makes a branch of its own only when work needs it", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* Base.make({ run: "r1", repository: folder });
      assert.strictEqual(yield* git(folder, "branch", "--list", "orchestrator/*"), "");
      yield* base.tip;
      assert.include(yield* git(folder, "branch", "--list", "orchestrator/*"), base.branch);
    }).pipe(Effect.provide(services)),
  );

  it.live("makes its own branch again where it was when somebody deletes it", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* Base.make({ run: "r1", repository: folder });
      const work = yield* commit(folder, yield* base.tip);
      yield* git(folder, "update-ref", `refs/heads/${base.branch}`, work);
      yield* base.moved(work);
      yield* git(folder, "branch", "-D", base.branch);
      assert.strictEqual(yield* base.tip, work);
      assert.strictEqual(yield* git(folder, "rev-parse", base.branch), work);
    }).pipe(Effect.provide(services)),
  );

  it.live("says how to make a branch of people's again that is gone", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* freeBase(folder);
      const last = yield* base.tip;
      yield* git(folder, "branch", "-D", "work");
      const error = yield* Effect.flip(base.tip);
      assert.strictEqual(error.reason, "MissingBranch");
      yield* paste(error.message);
      assert.strictEqual(yield* base.tip, last);
    }).pipe(Effect.provide(services)),
  );

  it.live("makes the run's own branch again with all that has landed", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const { landed } = yield* landedOn(folder, "orchestrator/r1/@merged");
      yield* git(folder, "branch", "-D", "orchestrator/r1/@merged");
      yield* git(folder, "checkout", "--quiet", "-b", "elsewhere");
      const options = { run: "r1", repository: folder, branch: "main" };
      const base = yield* Base.make({ ...options, landed: landed.toReversed() });
      assert.strictEqual(base.branch, "orchestrator/r1/@merged");
      assert.strictEqual(yield* git(folder, "rev-parse", base.branch), landed.at(-1));
    }).pipe(Effect.provide(services)),
  );

  it.live("leaves the run's own branch away that people have merged and deleted", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const { landed } = yield* landedOn(folder, "orchestrator/r1/@merged");
      yield* git(folder, "merge", "--quiet", "orchestrator/r1/@merged");
      yield* git(folder, "branch", "-d", "orchestrator/r1/@merged");
      yield* git(folder, "checkout", "--quiet", "-b", "elsewhere");
      const base = yield* Base.make({ run: "r1", repository: folder, branch: "main", landed });
      assert.strictEqual(base.branch, "main");
      assert.strictEqual(yield* base.tip, landed.at(-1));
    }).pipe(Effect.provide(services)),
  );

  it.live.each(["orchestrator/r1/@merged", "work"])(
    "refuses a branch %s that was moved back behind what has landed, with a way out",
    (branch) =>
      Effect.gen(function* () {
        const folder = yield* repository();
        const { landed } = yield* landedOn(folder, branch);
        yield* git(folder, "branch", "--force", branch, "main");
        const options = { run: "r1", repository: folder, branch: asked(branch), landed };
        const error = yield* problem(options);
        assert.include(error.message, `The branch ${branch} does not contain`);
        assert.include(error.message, `${landed.at(-1)}`);
        yield* paste(error.message);
        assert.strictEqual(yield* (yield* Base.make(options)).tip, landed.at(-1));
      }).pipe(Effect.provide(services)),
  );

  it.live("refuses a branch that went another way than what has landed, and has both merged", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const { landed } = yield* landedOn(folder, "work");
      const other = yield* commit(folder, "main", "Other");
      yield* git(folder, "branch", "--force", "work", other);
      const options = { run: "r1", repository: folder, branch: "work", landed };
      yield* paste((yield* problem(options)).message);
      yield* git(folder, "merge-base", "--is-ancestor", other, "work");
      assert.strictEqual((yield* Base.make(options)).branch, "work");
      assert.strictEqual(yield* git(folder, "branch", "--show-current"), "main");
    }).pipe(Effect.provide(services)),
  );

  it.live("refuses to go on when what has landed is nowhere in the repository", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const error = yield* problem({ run: "r1", repository: folder, landed: ["1".repeat(40)] });
      assert.include(error.message, "not in");
      assert.include(error.message, "1".repeat(40));
    }).pipe(Effect.provide(services)),
  );

  it.live("says how to make the base of a recorded run again, and names no branches of runs", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const { landed } = yield* landedOn(folder, "work");
      yield* git(folder, "branch", "orchestrator/r0/a");
      yield* git(folder, "branch", "-D", "work");
      const options = { run: "r1", repository: folder, branch: "work" };
      assert.notInclude((yield* problem(options)).message, "orchestrator/r0/a");
      const nothing = yield* problem({ ...options, landed: [] });
      assert.notInclude(nothing.message, "base:");
      assert.include(nothing.message, "branch work <commit>");
      const error = yield* problem({ ...options, landed });
      yield* paste(error.message);
      assert.strictEqual(yield* (yield* Base.make({ ...options, landed })).tip, landed.at(-1));
    }).pipe(Effect.provide(services)),
  );

  it.live("asks git again that stumbles over a worktree which another git is making", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* repository();
      const bin = yield* temporaryFolder();
      const stumble = `echo "fatal: failed to read .git/worktrees/a/commondir: Success" >&2; exit 128`;
      const script = `#!/bin/sh
case "$*" in *"worktree list"*) mkdir "$0.asked" 2>/dev/null && { ${stumble}; } ;; esac
PATH=\${PATH#*:} exec git "$@"
`;
      yield* fs.writeFileString(`${bin}/git`, script, { mode: 0o755 });
      const stumbling = Git.layer({ ...environment, PATH: `${bin}:${environment.PATH}` });
      const found = yield* Effect.provide(Base.checkouts(folder), stumbling);
      assert.deepStrictEqual([...found], [["main", folder]]);
      assert.isTrue(yield* fs.exists(`${bin}/git.asked`));
    }).pipe(Effect.provide(services)),
  );

  it.live("refuses a repository whose branch takes the place of all task branches", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      yield* git(folder, "branch", "orchestrator");
      const error = yield* problem({ run: "r1", repository: folder });
      assert.strictEqual(error.reason, "BranchExists");
      assert.include(error.message, "git branch -m orchestrator");
    }).pipe(Effect.provide(services)),
  );

  it.live("says what is missing when git is not installed or too old", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* temporaryFolder();
      const withPath = problem({ run: "r1", repository: folder }).pipe(
        Effect.provide(Git.layer({ PATH: folder })),
      );
      assert.strictEqual((yield* withPath).reason, "NotInstalled");
      yield* fs.writeFileString(`${folder}/git`, "#!/bin/sh\necho git version 2.30.1\n", {
        mode: 0o755,
      });
      const old = yield* withPath;
      assert.strictEqual(old.reason, "TooOld");
      assert.include(old.message, "2.30.1");
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
