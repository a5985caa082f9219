import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Journals from "./support/Journals.ts";
import * as Scene from "./support/Scene.ts";

const git = (cwd: string, ...args: ReadonlyArray<string>) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...args], {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
  }).trim();

/** The folder of a run, with a log. */
const leave = (folder: string, run: string): string => {
  const root = join(folder, ".orchestrator/runs", run);
  mkdirSync(join(root, "logs"), { recursive: true });
  writeFileSync(join(root, "logs/a-1.log"), "x".repeat(5000));
  return root;
};

/** Runs that are over: `merged` has work that is on main, `open` has work that is nowhere else. */
const repository = Effect.gen(function* () {
  const folder = yield* Command.folder({ ".gitignore": ".orchestrator\n" });
  const at = (...args: ReadonlyArray<string>) => git(folder.path, ...args);
  at("init", "--quiet", "--initial-branch=main");
  at("add", ".");
  at("commit", "--quiet", "--message=start");
  at("branch", "orchestrator/merged/a");
  for (const run of ["merged", "open"]) {
    yield* Journals.write(folder.path, run, [...Journals.begun(run), Journals.ended("failed")]);
    const tree = join(leave(folder.path, run), "worktrees/b-1");
    at("worktree", "add", "--quiet", "-b", `orchestrator/${run}/b`, tree);
    writeFileSync(join(tree, `${run}.txt`), run);
    git(tree, "add", ".");
    git(tree, "commit", "--quiet", `--message=${run}`);
  }
  at("merge", "--quiet", "orchestrator/merged/b");
  return folder;
});

const branches = (folder: Command.Folder) =>
  git(folder.path, "branch", "--format=%(refname:short)").split("\n");

const runs = (folder: Command.Folder) =>
  Effect.map(folder.run("runs", "--json"), ({ out }) =>
    (JSON.parse(out) as ReadonlyArray<{ run: string }>).map(({ run }) => run),
  );

describe("orchestrator gc", () => {
  it.live("shows what it would remove and removes nothing until it is told to", () =>
    Effect.gen(function* () {
      const folder = yield* repository;
      const { code, error, out } = yield* folder.run("gc", "--older-than", "0s");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toMatch(
        /^To be removed: 1 run, \d.\d kB\n {2}merged {2}failed, \d+s ago, \d.\d kB, 1 worktree, 2 branches, shop\n/,
      );
      expect(out).toMatch(
        /\nKept, because .*\n {2}open .*\n {4}only here: branch orchestrator\/open\/b \([0-9a-f]{9}\)\n/,
      );
      expect(out).toMatch(/\nNothing was removed\. With --yes it is\.\n$/);
      const dry = yield* folder.run("gc", "--older-than", "0s", "--yes", "--dry-run");
      expect(dry.out.split("\n").at(-2)).toBe("Nothing was removed. With --yes it is.");
      expect(yield* runs(folder)).toEqual(["open", "merged"]);
      expect(branches(folder)).toHaveLength(4);
    }),
  );

  it.live(
    "removes folder, worktrees, merged branches and journal of a run, and no unmerged work",
    () =>
      Effect.gen(function* () {
        const folder = yield* repository;
        const { code, out } = yield* folder.run("gc", "--older-than", "0s", "--yes");
        expect(code).toBe(0);
        expect(out).toMatch(/\nRemoved 1 run, /);
        expect(yield* runs(folder)).toEqual(["open"]);
        expect(branches(folder)).toEqual(["main", "orchestrator/open/b"]);
        expect(yield* folder.names(".orchestrator/runs")).toEqual(["open"]);
        expect(git(folder.path, "worktree", "list").split("\n")).toHaveLength(2);
        expect(readdirSync(folder.file(".orchestrator/locks"))).toHaveLength(1);
        expect(yield* folder.read("merged.txt")).toBe("merged");
      }),
  );

  it.live("counts what is not committed, and what only other runs have, as unmerged", () =>
    Effect.gen(function* () {
      const folder = yield* repository;
      writeFileSync(folder.file(".orchestrator/runs/merged/worktrees/b-1/new.txt"), "new");
      git(folder.path, "branch", "orchestrator/later/c", "orchestrator/open/b");
      const { out } = yield* folder.run("gc", "--older-than", "0s", "--yes");
      expect(out).toContain("Nothing to remove.");
      expect(out).toMatch(/only here: worktree .*\/merged\/worktrees\/b-1\n/);
      expect(out).toContain("only here: branch orchestrator/open/b");
      expect(yield* runs(folder)).toEqual(["open", "merged"]);
    }),
  );

  it.live("removes unmerged work with --force, and names it", () =>
    Effect.gen(function* () {
      const folder = yield* repository;
      const { code, out } = yield* folder.run("gc", "open", "--force", "--yes");
      expect(code).toBe(0);
      expect(out).toContain("only here: branch orchestrator/open/b");
      expect(yield* runs(folder)).toEqual(["merged"]);
      expect(branches(folder)).toEqual(["main", "orchestrator/merged/a", "orchestrator/merged/b"]);
    }),
  );

  it.live("takes for work what git cannot tell about, and forgets worktrees that are gone", () =>
    Effect.gen(function* () {
      const folder = yield* repository;
      rmSync(folder.file(".orchestrator/runs/merged/worktrees/b-1/.git"));
      const broken = yield* folder.run("gc", "merged", "--yes");
      expect(broken.out).toMatch(/^Nothing to remove\.\n[^]*only here: worktree .*b-1\n/);
      const forced = yield* folder.run("gc", "merged", "--yes", "--force");
      expect({ code: forced.code, error: forced.error }).toEqual({ code: 0, error: "" });
      rmSync(folder.file(".orchestrator/runs/open"), { recursive: true });
      git(folder.path, "branch", "kept", "orchestrator/open/b");
      const gone = yield* folder.run("gc", "open", "--yes");
      expect({ code: gone.code, error: gone.error }).toEqual({ code: 0, error: "" });
      expect(git(folder.path, "worktree", "list").split("\n")).toHaveLength(1);
      expect(branches(folder)).toEqual(["kept", "main"]);
    }),
  );

  it.live("leaves a branch that somebody has checked out", () =>
    Effect.gen(function* () {
      const folder = yield* repository;
      git(folder.path, "switch", "--quiet", "orchestrator/merged/a");
      const { code, out } = yield* folder.run("gc", "merged", "--yes");
      expect(code).toBe(0);
      expect(out).toContain("stays: branch orchestrator/merged/a, which is checked out");
      expect(branches(folder)).toEqual(["main", "orchestrator/merged/a", "orchestrator/open/b"]);
      expect(yield* runs(folder)).toEqual(["open"]);
    }),
  );

  it.live(
    "leaves runs at work alone, named or not, and unfinished ones unless they are named",
    () =>
      Effect.gen(function* () {
        const folder = yield* Command.folder();
        yield* Journals.open(folder.path, "live", Journals.begun("live"));
        yield* Journals.write(folder.path, "broken", [
          ...Journals.begun("broken"),
          ...Scene.launched("b"),
        ]);
        const all = yield* folder.run("gc", "--older-than", "0s", "--yes");
        expect(all.out).toBe("Nothing to remove.\n");
        const live = yield* folder.run("gc", "live", "--yes");
        expect(live.code).toBe(75);
        expect(live.error).toContain(`The run live is worked on by process ${process.pid} on `);
        const named = yield* folder.run("gc", "broken", "--yes");
        expect(named.out).toMatch(
          /^To be removed: 1 run[^]* broken {2}interrupted, .*, 1 agent may still be at work, /,
        );
        expect(yield* runs(folder)).toEqual(["live"]);
      }),
  );

  it.live("lists folders of unknown runs, and removes old ones with --orphans", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", [...Journals.begun("r1"), Journals.ended("failed")]);
      const [old, young] = [leave(folder.path, "old"), leave(folder.path, "young")];
      for (const name of ["logs/a-1.log", "logs", "."]) utimesSync(join(old, name), 1, 1);
      const { out } = yield* folder.run("gc", "--yes");
      expect(out).toMatch(
        /^Nothing to remove\.\n\nOf no run that the journal knows [^]*old [^]*young /,
      );
      yield* folder.run("gc", "--yes", "--orphans");
      expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
      expect(yield* runs(folder)).toEqual(["r1"]);
    }),
  );

  it.live("says which ages it takes, and which runs there are", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder();
      yield* Journals.write(folder.path, "r1", Journals.begun("r1"));
      const age = yield* folder.run("gc", "--older-than", "soon");
      expect(age.code).toBe(2);
      expect(age.error).toContain("a number with s, m, h, d or w, as 30d");
      const run = yield* folder.run("gc", "nosuch");
      expect(run.code).toBe(66);
      expect(run.error).toMatch(
        /there is no run nosuch in .* The latest are r1\. \[run-not-found\]\n$/,
      );
    }),
  );
});
