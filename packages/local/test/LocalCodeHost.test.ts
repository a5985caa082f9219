import { assert, describe, it } from "@effect/vitest";
import type { Agent, CodeHost, Task } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Base from "../src/Base.ts";
import { Git } from "../src/Git.ts";
import * as LocalCodeHost from "../src/LocalCodeHost.ts";
import {
  branchWith,
  freeBase,
  repository,
  services,
  temporaryFolder,
  git,
} from "./support/repository.ts";

const hostOf = (base: Base.Base["Service"]) =>
  LocalCodeHost.make.pipe(Effect.provideService(Base.Base, base));

const request = (
  task: Task.Task,
  change: Agent.Change,
  reached: CodeHost.LandRequest["reached"] = () => Effect.void,
): CodeHost.LandRequest => ({ run: "r1", task, attempt: 1, change, reached });

describe("LocalCodeHost", () => {
  it.live("lands with a merge commit that names the task, and deletes the branch", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* freeBase(folder);
      const host = yield* hostOf(base);
      const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
      const gates: Array<string> = [];
      const landed = yield* host.land(
        request({ id: "a", title: "Add\na" }, change, (gate) =>
          Effect.sync(() => gates.push(gate)),
        ),
      );
      assert.strictEqual(landed.commit, yield* git(folder, "rev-parse", "work"));
      assert.strictEqual(
        yield* git(folder, "log", "-1", "--format=%s|%an", "work"),
        "Merge Add a (a)|orchestrator",
      );
      assert.strictEqual(yield* git(folder, "rev-parse", "work^2"), change.commit);
      assert.strictEqual(yield* git(folder, "branch", "--list", "t/a"), "");
      assert.deepStrictEqual(gates, ["merged"]);
    }).pipe(Effect.provide(services)),
  );

  it.live("lands in the order the changes come, each on the one before", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* freeBase(folder);
      const host = yield* hostOf(base);
      const ids = ["c", "a", "d", "b"];
      const changes = yield* Effect.forEach(ids, (id) =>
        branchWith(folder, `t/${id}`, "work", { [id]: id }),
      );
      yield* Effect.forEach(ids, (id, index) => host.land(request({ id }, changes[index]!)), {
        concurrency: "unbounded",
      });
      const subjects = yield* git(
        folder,
        "log",
        "--first-parent",
        "--reverse",
        "--format=%s",
        "main..work",
      );
      assert.deepStrictEqual(
        subjects.split("\n"),
        ids.map((id) => `Merge ${id}`),
      );
      assert.strictEqual(
        yield* git(folder, "ls-tree", "--name-only", "work"),
        "README\na\nb\nc\nd",
      );
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "reports the paths of a conflict, leaves the base, and keeps the work until a later attempt lands",
    () =>
      Effect.gen(function* () {
        const folder = yield* repository();
        const base = yield* freeBase(folder);
        const host = yield* hostOf(base);
        const odd = "\u00fcber uns\n.txt";
        const one = yield* branchWith(folder, "t/one", "work", { [odd]: "one", README: "one" });
        const two = yield* branchWith(folder, "t/two", "work", { [odd]: "two", README: "two" });
        yield* host.land(request({ id: "one" }, one));
        const before = yield* base.tip;
        const error = yield* Effect.flip(host.land(request({ id: "two" }, two)));
        assert.strictEqual(error.reason, "Conflict");
        assert.deepStrictEqual([...error.paths].toSorted(), ["README", odd]);
        assert.strictEqual(yield* base.tip, before);
        assert.strictEqual(yield* git(folder, "rev-parse", "t/two"), two.commit);

        const again = yield* branchWith(folder, "t/two@2", "work", { README: "both" });
        yield* host.land(request({ id: "two" }, again));
        assert.strictEqual(yield* git(folder, "branch", "--list", "t/*"), "");
      }).pipe(Effect.provide(services)),
  );

  it.live(
    "deletes what another process left of earlier attempts in conflict, and no other work",
    () =>
      Effect.gen(function* () {
        const folder = yield* repository();
        const base = yield* freeBase(folder);
        const one = yield* branchWith(folder, "t/one", "work", { README: "one" });
        const conflicting = yield* branchWith(folder, "orchestrator/r1/two", "work", {
          README: "two",
        });
        // Its attempt failed and was never landed, so nothing of it is in a later one.
        const failed = yield* branchWith(folder, "orchestrator/r1/two@2", "work", { other: "two" });
        const kept = yield* branchWith(folder, "orchestrator/r1/two@3", "work", {
          README: "three",
        });
        yield* git(folder, "worktree", "add", "--quiet", `${folder}/kept`, kept.branch);
        const before = yield* hostOf(base);
        yield* before.land(request({ id: "one" }, one));
        yield* Effect.flip(before.land(request({ id: "two" }, conflicting)));

        const host = yield* hostOf(base);
        const last = yield* branchWith(folder, "orchestrator/r1/two@4", "work", { README: "both" });
        yield* host.land({ ...request({ id: "two" }, last), attempt: 4 });
        const branches = yield* git(
          folder,
          "branch",
          "--list",
          "--format=%(refname:short)",
          "o*/*",
        );
        assert.deepStrictEqual(branches.split("\n"), [failed.branch, kept.branch]);
      }).pipe(Effect.provide(services)),
  );

  it.live.each([
    [
      "merged it and noted nothing",
      (folder: string, branch: string, commit: string) => git(folder, "branch", branch, commit),
    ],
    ["deleted its branch too", () => Effect.void],
  ] as const)("lands a change again without another merge after a process %s", ([, restore]) =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* freeBase(folder);
      const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
      yield* (yield* hostOf(base)).land(request({ id: "a" }, change));
      yield* restore(folder, change.branch, change.commit);
      const tip = yield* base.tip;
      const landed = yield* (yield* hostOf(base)).land(request({ id: "a" }, change));
      assert.strictEqual(landed.commit, tip);
      assert.strictEqual(yield* base.tip, tip);
      assert.strictEqual(yield* git(folder, "branch", "--list", "t/a"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("never touches the user's checkout, index and uncommitted work", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const folder = yield* repository();
      yield* fs.writeFileString(`${folder}/README`, "edited\n");
      yield* fs.writeFileString(`${folder}/staged`, "staged\n");
      yield* git(folder, "add", "staged");
      const before = yield* git(folder, "status", "--porcelain=v2", "--branch");
      const base = yield* Base.make({ run: "r1", repository: folder, updateCheckout: true });
      const host = yield* hostOf(base);
      const change = yield* branchWith(folder, "t/a", "main", { README: "changed\n" });
      yield* host.land(request({ id: "a" }, change));
      assert.strictEqual(yield* git(folder, "status", "--porcelain=v2", "--branch"), before);
      assert.strictEqual(yield* git(folder, "show", `${base.branch}:README`), "changed");
      assert.strictEqual(yield* fs.readFileString(`${folder}/README`), "edited\n");
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "moves a clean checkout along when asked to, and refuses to overwrite what appears in it",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem;
        const folder = yield* repository();
        const base = yield* Base.make({ run: "r1", repository: folder, updateCheckout: true });
        const host = yield* hostOf(base);
        const a = yield* branchWith(folder, "t/a", "main", { a: "a" });
        yield* host.land(request({ id: "a" }, a));
        assert.strictEqual(yield* fs.readFileString(`${folder}/a`), "a");
        assert.strictEqual(yield* git(folder, "status", "--porcelain"), "");

        const b = yield* branchWith(folder, "t/b", "main", { b: "b" });
        yield* fs.writeFileString(`${folder}/b`, "mine");
        const before = yield* base.tip;
        const error = yield* Effect.flip(host.land(request({ id: "b" }, b)));
        assert.strictEqual(error.reason, "Unavailable");
        assert.strictEqual(yield* fs.readFileString(`${folder}/b`), "mine");
        assert.strictEqual(yield* base.tip, before);
      }).pipe(Effect.provide(services)),
  );

  it.live("does not move a branch that somebody has checked out since the run began", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* freeBase(folder);
      const host = yield* hostOf(base);
      const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
      yield* git(folder, "checkout", "--quiet", "work");
      const error = yield* Effect.flip(host.land(request({ id: "a" }, change)));
      assert.strictEqual(error.reason, "Unavailable");
      assert.include(error.message, "checked out");
      assert.strictEqual(yield* git(folder, "status", "--porcelain"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("answers with the base when the change is in it already", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* freeBase(folder);
      const host = yield* hostOf(base);
      const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
      const first = yield* host.land(request({ id: "a" }, change));
      const second = yield* host.land(request({ id: "a" }, change));
      assert.strictEqual(second.commit, first.commit);
    }).pipe(Effect.provide(services)),
  );

  it.live("lands on everything before it after somebody deleted the branch of the run", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* Base.make({ run: "r1", repository: folder });
      const host = yield* hostOf(base);
      const a = yield* branchWith(folder, "t/a", "main", { a: "a" });
      const b = yield* branchWith(folder, "t/b", "main", { b: "b" });
      yield* host.land(request({ id: "a" }, a));
      yield* git(folder, "branch", "-D", base.branch);
      yield* host.land(request({ id: "b" }, b));
      assert.strictEqual(yield* git(folder, "ls-tree", "--name-only", base.branch), "README\na\nb");
    }).pipe(Effect.provide(services)),
  );

  it.live("says how to make a base of people's again that somebody deleted", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const base = yield* freeBase(folder);
      const host = yield* hostOf(base);
      const a = yield* branchWith(folder, "t/a", "work", { a: "a" });
      const b = yield* branchWith(folder, "t/b", "work", { b: "b" });
      const { commit } = yield* host.land(request({ id: "a" }, a));
      yield* git(folder, "branch", "-D", "work");
      const error = yield* Effect.flip(host.land(request({ id: "b" }, b)));
      assert.strictEqual(error.reason, "Unavailable");
      assert.include(error.message, `branch work ${commit}`);
    }).pipe(Effect.provide(services)),
  );

  it.live("rejects a change whose commit does not exist, or that shares no history", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const host = yield* hostOf(yield* freeBase(folder));
      const gone = yield* Effect.flip(host.land(request({ id: "a" }, { branch: "t/gone" })));
      assert.strictEqual(gone.reason, "Rejected");
      const tree = yield* git(folder, "rev-parse", "main^{tree}");
      const stranger = yield* git(folder, "commit-tree", tree, "-m", "Another history");
      const error = yield* Effect.flip(
        host.land(request({ id: "a" }, { branch: "t/s", commit: stranger })),
      );
      assert.strictEqual(error.reason, "Rejected");
    }).pipe(Effect.provide(services)),
  );

  it.live("lands in a bare and shallow clone", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      yield* git(folder, "commit", "--quiet", "--allow-empty", "-m", "Second");
      const clone = `${yield* temporaryFolder()}/clone.git`;
      yield* git(folder, "clone", "--quiet", "--bare", "--depth=1", `file://${folder}`, clone);
      const host = yield* hostOf(yield* Base.make({ run: "r1", repository: clone }));
      const change = yield* branchWith(clone, "t/a", "main", { a: "a" });
      yield* host.land(request({ id: "a" }, change));
      assert.strictEqual(yield* git(clone, "ls-tree", "--name-only", "main"), "README\na");
    }).pipe(Effect.provide(services)),
  );

  it.live("merges again when the base moves under the merge", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const real = yield* Git;
      const other = yield* branchWith(folder, "t/other", "main", { other: "other" });
      let moves = 1;
      const racing = Git.of({
        ...real,
        run: (at, args) =>
          args[0] === "update-ref" && args[1] === "-m" && moves-- > 0
            ? Effect.andThen(
                real.text(folder, ["branch", "--force", "work", other.commit]),
                real.run(at, args),
              )
            : real.run(at, args),
      });
      const base = yield* freeBase(folder);
      const host = yield* hostOf(base).pipe(Effect.provideService(Git, racing));
      const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
      yield* host.land(request({ id: "a" }, change));
      assert.strictEqual(yield* git(folder, "ls-tree", "--name-only", "work"), "README\na\nother");
    }).pipe(Effect.provide(services)),
  );

  it.live("leaves the base with the whole change when it is interrupted while moving it", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const real = yield* Git;
      const moving = yield* Deferred.make<void>();
      const release = yield* Deferred.make<void>();
      const slow = Layer.succeed(Git, {
        ...real,
        run: (at, args) =>
          args[0] === "update-ref" && args[1] === "-m"
            ? Deferred.succeed(moving, undefined).pipe(
                Effect.andThen(Deferred.await(release)),
                Effect.andThen(real.run(at, args)),
              )
            : real.run(at, args),
      });
      const base = yield* freeBase(folder);
      const host = yield* hostOf(base).pipe(Effect.provide(slow));
      const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
      const gates: Array<string> = [];
      const asked = request({ id: "a" }, change, (gate) => Effect.sync(() => gates.push(gate)));
      const landing = yield* Effect.forkChild(host.land(asked));
      yield* Deferred.await(moving);
      const stopping = yield* Effect.forkChild(Fiber.interrupt(landing), {
        startImmediately: true,
      });
      yield* Deferred.succeed(release, undefined);
      yield* Fiber.join(stopping);
      assert.deepStrictEqual(gates, ["merged"]);
      assert.strictEqual(yield* git(folder, "rev-parse", "work^2"), change.commit);
      assert.strictEqual(yield* git(folder, "ls-tree", "--name-only", "work"), "README\na");
      assert.strictEqual(yield* git(folder, "branch", "--list", "t/a"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "leaves the base and the branch as they were when it is interrupted before the move",
    () =>
      Effect.gen(function* () {
        const folder = yield* repository();
        const real = yield* Git;
        const merging = yield* Deferred.make<void>();
        const stuck = Layer.succeed(Git, {
          ...real,
          text: (at, args) =>
            args[0] === "commit-tree"
              ? real
                  .text(at, args)
                  .pipe(
                    Effect.andThen(Deferred.succeed(merging, undefined)),
                    Effect.andThen(Effect.never),
                  )
              : real.text(at, args),
        });
        const base = yield* freeBase(folder);
        const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
        const refs = yield* git(folder, "for-each-ref");
        const host = yield* hostOf(base).pipe(Effect.provide(stuck));
        const landing = yield* Effect.forkChild(host.land(request({ id: "a" }, change)));
        yield* Deferred.await(merging);
        yield* Fiber.interrupt(landing);
        assert.strictEqual(yield* git(folder, "for-each-ref"), refs);
        assert.strictEqual(yield* git(folder, "status", "--porcelain"), "");
        yield* (yield* hostOf(base)).land(request({ id: "a" }, change));
        assert.strictEqual(yield* git(folder, "ls-tree", "--name-only", "work"), "README\na");
      }).pipe(Effect.provide(services)),
  );

  it.live("names a merge in one short line, however long the title is", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const host = yield* hostOf(yield* freeBase(folder));
      const change = yield* branchWith(folder, "t/a", "work", { a: "a" });
      yield* host.land(request({ id: "a", title: "long ".repeat(50_000) }, change));
      const message = yield* git(folder, "log", "-1", "--format=%B", "work");
      assert.match(message.trimEnd(), /^Merge (long )+long\u2026 \(a\)$/);
      assert.isAtMost(message.trimEnd().length, 106);
    }).pipe(Effect.provide(services)),
  );
});
