import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Base from "../src/Base.ts";
import * as CommandAgent from "../src/CommandAgent.ts";
import * as RunFolder from "../src/RunFolder.ts";
import { fail, inRepository, request, succeed } from "./support/agent.ts";
import { environment, repository, services, git } from "./support/repository.ts";

const me =
  'me() { git -c user.name=me -c user.email=m@e -c protocol.file.allow=always "$@"; }; set -e\n';
const makeApp = `${me}mkdir app; cd app; git init -q; echo paid > work; git add work`;

/** An agent in a repository that has the submodule `lib` in its base. */
const withSubmodule = Effect.gen(function* () {
  const library = yield* repository();
  const root = yield* repository();
  yield* git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", library, "lib");
  yield* git(root, "commit", "--quiet", "-m", "Add lib");
  yield* git(root, "branch", "work");
  const base = yield* Base.make({ run: "r1", repository: root, branch: "work" });
  const folder = yield* RunFolder.make(`${root}/.orchestrator/runs/r1`);
  const isolation = { _tag: "Worktree", base } as const;
  const agent = yield* CommandAgent.make({ folder, isolation, environment });
  return { agent, root, library, folder };
});

const fill = `${me}me submodule --quiet update --init; cd lib; echo more > more; git add more; me commit -qm more`;

describe("the work of a command that made a repository inside its worktree", () => {
  it.live.each([
    ["with a commit", `${makeApp}; me commit -qm app`],
    ["without commits", makeApp],
    [
      "which it added itself",
      `${makeApp}; me commit -qm app; cd ..; me add app; me commit -qm all`,
    ],
  ])("is kept, %s, and the failure says where and what to do", ([, run]) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { agent, folder } = yield* inRepository();
      const failure = yield* fail(agent, request(run!));
      const worktree = folder.worktree("a", 1);
      assert.strictEqual(failure.class, "agent");
      assert.include(failure.message, "cannot be part of its change: app. Remove the .git folder");
      assert.include(failure.message, `Its worktree is kept: ${worktree}`);
      assert.strictEqual(yield* fs.readFileString(`${worktree}/app/work`), "paid\n");
    }).pipe(Effect.provide(services)),
  );

  it.live("names all of them, however they are called", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const run = `${me}for d in 'a b' d/\u00fc; do mkdir -p "$d"; (cd "$d"; git init -q; me commit -q --allow-empty -m x); done`;
      const failure = yield* fail(agent, request(run));
      assert.include(failure.message, ": a b, d/\u00fc. ");
    }).pipe(Effect.provide(services)),
  );

  it.live("names the first ten of very many", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const run = "for d in $(seq 100 111); do git init -q $d; done";
      const failure = yield* fail(agent, request(run));
      assert.include(failure.message, ", 109 and 2 more. ");
    }).pipe(Effect.provide(services)),
  );

  it.live("lands as a link when the command added a submodule that others can fetch", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const library = yield* repository();
      const run = `${me}me submodule --quiet add "$LIBRARY" lib`;
      const end = yield* succeed(agent, request(run, { env: { LIBRARY: library } }));
      const listed = yield* git(root, "ls-tree", end.change!.branch!, "lib");
      assert.match(listed, /^160000 commit /);
    }).pipe(Effect.provide(services)),
  );

  it.live("lands next to a submodule that was there before", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* withSubmodule;
      const end = yield* succeed(agent, request("echo x > x"));
      const names = yield* git(root, "ls-tree", "--name-only", end.change!.branch!);
      assert.strictEqual(names, ".gitmodules\nREADME\nlib\nx");
    }).pipe(Effect.provide(services)),
  );

  it.live("is kept when it is a commit in a submodule, and lands once that is pushed", () =>
    Effect.gen(function* () {
      const { agent, root, library, folder } = yield* withSubmodule;
      const failure = yield* fail(agent, request(fill));
      assert.include(failure.message, "on no remote and so would be lost: lib. Push them");
      assert.include(failure.message, folder.worktree("a", 1));
      const pushed = `${fill}; git push -q origin HEAD:refs/heads/more`;
      const end = yield* succeed(agent, request(pushed, { id: "b" }));
      const linked = yield* git(root, "rev-parse", `${end.change!.branch!}:lib`);
      assert.strictEqual(linked, yield* git(library, "rev-parse", "more"));
    }).pipe(Effect.provide(services)),
  );
});

describe("work that cannot be committed", () => {
  it.live("is kept and charged to the task", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { agent, folder } = yield* inRepository();
      const run = [
        `${me}git checkout -q -b x; echo x > README; me commit -qam x`,
        "git checkout -q -; echo y > README; me commit -qam y; me merge x || true",
      ].join("\n");
      const failure = yield* fail(agent, request(run));
      const worktree = folder.worktree("a", 1);
      assert.strictEqual(failure.class, "agent");
      assert.include(failure.message, "conflicts in README");
      assert.include(failure.message, worktree);
      assert.include(yield* fs.readFileString(`${worktree}/README`), "<<<<<<<");
    }).pipe(Effect.provide(services)),
  );

  it.live("is no work behind a lock that a killed git left", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const run =
        'echo x > x; at=$(git rev-parse --absolute-git-dir); touch "$at/index.lock" "$at/HEAD.lock"';
      const end = yield* succeed(agent, request(run));
      assert.strictEqual(
        yield* git(root, "ls-tree", "--name-only", end.change!.branch!),
        "README\nx",
      );
    }).pipe(Effect.provide(services)),
  );

  it.live("leaves the lock of the user's own repository alone", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const { agent, root } = yield* inRepository();
      yield* fs.writeFileString(`${root}/.git/index.lock`, "");
      yield* succeed(agent, request("echo x > x"));
      assert.isTrue(yield* fs.exists(`${root}/.git/index.lock`));
    }).pipe(Effect.provide(services)),
  );

  it.live("keeps its branch when the command removed the worktree itself", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const run = `${me}echo x > x; git add x; me commit -qm x; rm -rf "$PWD"`;
      const failure = yield* fail(agent, request(run));
      assert.strictEqual(failure.class, "agent");
      assert.include(failure.message, "Its worktree is gone");
      assert.strictEqual(yield* git(root, "show", "orchestrator/r1/a:x"), "x");
    }).pipe(Effect.provide(services)),
  );
});

describe("a commit", () => {
  it.live("has a subject of one short line, whatever the title is", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const title = `Add\u0000\n\u001b[31m ${"\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67".repeat(20_000)}`;
      const end = yield* succeed(agent, request("echo x > x", { title }));
      const message = yield* git(root, "log", "-1", "--format=%B", end.change!.branch!);
      assert.match(
        message.trimEnd(),
        /^Add \[31m (\u{1f468}\u200d\u{1f469}\u200d\u{1f467})+\u2026 \(a\)$/u,
      );
      assert.isAtMost(message.trimEnd().length, 100);
    }).pipe(Effect.provide(services)),
  );
});
