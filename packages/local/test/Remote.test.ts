import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as AttemptStart from "../src/AttemptStart.ts";
import { Git } from "../src/Git.ts";
import * as Remote from "../src/Remote.ts";
import * as RemoteTrouble from "../src/internal/RemoteTrouble.ts";
import { branchWith, git, repository, services, temporaryFolder } from "./support/repository.ts";

/** A clone with its origin, and another clone in which somebody else works. */
const scene = Effect.fnUntraced(function* () {
  const origin = `${yield* temporaryFolder()}/origin.git`;
  const clone = yield* repository();
  yield* git(clone, "init", "--quiet", "--bare", "-b", "main", origin);
  yield* git(clone, "push", "--quiet", origin, "main");
  const other = `${yield* temporaryFolder()}/other`;
  yield* git(clone, "clone", "--quiet", origin, other);
  const gits = [yield* Git] as const;
  const remote = yield* Remote.make({ repository: clone, name: "origin", url: origin, gits });
  const somebody = (branch: string, from: string, file: string) =>
    Effect.gen(function* () {
      const made = yield* branchWith(other, `mine-${file}`, from, { [file]: "theirs\n" });
      yield* git(other, "push", "--quiet", origin, `${made.commit}:refs/heads/${branch}`);
      return made.commit;
    });
  const tip = (branch: string) => git(origin, "rev-parse", `refs/heads/${branch}`);
  return { origin, clone, remote, somebody, tip };
});

const branch = "orchestrator/r1/a";

describe("another repository", () => {
  it.live("gets work on a branch of its own, once, and keeps what others push to it", () =>
    Effect.gen(function* () {
      const { clone, remote, somebody, tip } = yield* scene();
      const first = yield* branchWith(clone, "one", "main", { file: "one\n" });
      yield* remote.publish(branch, first.commit);
      yield* remote.publish(branch, first.commit);
      assert.strictEqual(yield* tip(branch), first.commit);
      const theirs = yield* Effect.andThen(
        remote.fetch([branch]),
        somebody(branch, "origin/main", "theirs"),
      ).pipe(Effect.flip);
      assert.include(theirs.message, "push failed");
      assert.strictEqual(yield* tip(branch), first.commit);
      const second = yield* branchWith(clone, "two", "one", { file: "two\n" });
      yield* remote.publish(branch, second.commit);
      // Whoever comes back with the older commit finds it there.
      yield* remote.publish(branch, first.commit);
      assert.strictEqual(yield* tip(branch), second.commit);
    }).pipe(Effect.provide(services)),
  );

  it.live("is never overwritten where it has what the work does not contain", () =>
    Effect.gen(function* () {
      const { clone, remote, somebody, tip } = yield* scene();
      const theirs = yield* somebody(branch, "main", "theirs");
      const mine = yield* branchWith(clone, "mine", "main", { file: "mine\n" });
      const error = yield* Effect.flip(remote.publish(branch, mine.commit));
      assert.strictEqual(error._tag, "RemoteError");
      assert.strictEqual(error.reason, "Moved");
      assert.strictEqual(yield* tip(branch), theirs);
    }).pipe(Effect.provide(services)),
  );

  it.live("is the base that attempts begin at, as fresh as it was fetched", () =>
    Effect.gen(function* () {
      const { remote, somebody } = yield* scene();
      const base = yield* Remote.baseOf(remote, "main");
      const before = (yield* remote.fetch(["main", "gone"])).get("main");
      assert.strictEqual(yield* base.tip, before);
      const theirs = yield* somebody("main", "main", "theirs");
      yield* remote.fetch(["main"]);
      assert.strictEqual(yield* base.tip, theirs);
    }).pipe(Effect.provide(services)),
  );

  it.live(
    "is fetched from although the clone remembers branches that leave no place for others",
    () =>
      Effect.gen(function* () {
        const { clone, origin, remote, somebody } = yield* scene();
        yield* somebody("a", "main", "one");
        yield* somebody("c/d", "main", "two");
        yield* remote.fetch(["a", "c/d"]);
        yield* git(clone, "pack-refs", "--all");
        yield* git(clone, "push", "--quiet", origin, ":refs/heads/a", ":refs/heads/c/d");
        const below = yield* somebody("a/b", "main", "three");
        const above = yield* somebody("c", "main", "four");
        const found = yield* remote.fetch(["a/b", "c"]);
        assert.deepStrictEqual([...found.values()], [below, above]);
        const listed = yield* git(clone, "for-each-ref", "--format=%(refname)", "refs/remotes");
        const remembered = ["refs/remotes/origin/a/b", "refs/remotes/origin/c"];
        assert.deepStrictEqual(listed.split("\n"), remembered);
      }).pipe(Effect.provide(services)),
  );

  it.live("is asked for branches by a pattern, in which a star is one part of a name", () =>
    Effect.gen(function* () {
      const { remote, somebody } = yield* scene();
      const tip = yield* somebody("team/r1/a", "main", "one");
      yield* somebody("team/r1/b", "main", "two");
      yield* somebody("team/r1/r2/a", "main", "three");
      yield* somebody("more/team/r1/a", "main", "four");
      const found = yield* remote.find(["team/*/a", "gone"]);
      assert.deepStrictEqual([...found], [["team/r1/a", tip]]);
    }).pipe(Effect.provide(services)),
  );

  it.live("says who is shut out, who may push, and what cannot be reached", () =>
    Effect.gen(function* () {
      const { clone, origin, remote } = yield* scene();
      yield* remote.mayPush;
      const fs = yield* FileSystem.FileSystem;
      yield* fs.writeFileString(`${origin}/hooks/pre-receive`, "#!/bin/sh\necho no >&2\nexit 1\n", {
        mode: 0o755,
      });
      const { commit } = yield* branchWith(clone, "one", "main", { file: "one\n" });
      const declined = yield* Effect.flip(remote.publish(branch, commit));
      assert.strictEqual(declined._tag === "RemoteError" && declined.reason, "Refused");
      const said = {
        exitCode: 128,
        stdout: "",
        stderr: "fatal: repository 'https://a/' not found",
      };
      assert.strictEqual(RemoteTrouble.of("origin", said).reason, "Refused");
      const cut = "client_loop: Broken pipe\nfatal: Could not read from remote repository.";
      assert.strictEqual(
        RemoteTrouble.of("origin", { ...said, stderr: cut }).reason,
        "Unavailable",
      );
      const url = "http://127.0.0.1:1/acme/shop.git";
      const gits = [yield* Git] as const;
      const nowhere = yield* Remote.make({ repository: clone, name: "origin", url, gits });
      const unreached = yield* Effect.flip(nowhere.fetch(["main"]));
      assert.strictEqual(unreached._tag === "RemoteError" && unreached.reason, "Unavailable");
    }).pipe(Effect.provide(services)),
  );

  it.live("is asked with a token only where git itself is not let in", () =>
    Effect.gen(function* () {
      const { clone, origin } = yield* scene();
      const own = yield* Git;
      const asked: Array<string> = [];
      const shut = {
        ...own,
        run: (folder: string, args: ReadonlyArray<string>) => {
          if (args[0] !== "ls-remote") return own.run(folder, args);
          asked.push("own");
          const stderr = "fatal: could not read Username for 'https://github.com'";
          return Effect.succeed({ exitCode: 128, stdout: "", stderr });
        },
      };
      const gits = [shut, own] as const;
      const remote = yield* Remote.make({ repository: clone, name: "origin", url: origin, gits });
      yield* remote.fetch(["main"]);
      yield* remote.fetch(["main"]);
      assert.deepStrictEqual(asked, ["own"]);
    }).pipe(Effect.provide(services)),
  );

  it("signs in by variables for its own address alone, in place of a header that is there", () => {
    const variables = Remote.tokenVariables(new URL("https://github.com/acme/shop.git"), "t0ken");
    assert.deepStrictEqual(variables, {
      GIT_CONFIG_COUNT: "2",
      GIT_CONFIG_KEY_0: "http.https://github.com/.extraheader",
      GIT_CONFIG_VALUE_0: "",
      GIT_CONFIG_KEY_1: "http.https://github.com/.extraheader",
      GIT_CONFIG_VALUE_1: "Authorization: Basic eC1hY2Nlc3MtdG9rZW46dDBrZW4=",
    });
  });
});

describe("the beginning of an attempt that goes on with a branch", () => {
  it.live("contains its base, with markers where both changed the same", () =>
    Effect.gen(function* () {
      const clone = yield* repository();
      const work = yield* branchWith(clone, "work", "main", { README: "work\n", work: "1\n" });
      const base = yield* branchWith(clone, "base", "main", { README: "base\n" });
      const named = ({ branch: name, commit: tip }: typeof work) => ({ name, tip });
      const { commit, conflicts } = yield* AttemptStart.continued(clone, named(work), named(base));
      assert.deepStrictEqual(conflicts, ["README"]);
      assert.deepStrictEqual(yield* AttemptStart.unresolved(clone, commit), ["README"]);
      assert.deepStrictEqual(yield* AttemptStart.unresolved(clone, work.commit), []);
      assert.strictEqual(yield* git(clone, "show", `${commit}:work`), "1");
      const parents = yield* git(clone, "rev-list", "--parents", "-1", commit);
      assert.deepStrictEqual(parents.split(" ").slice(1), [work.commit, base.commit]);
      const main = { name: "main", tip: yield* git(clone, "rev-parse", "main") };
      const same = yield* AttemptStart.continued(clone, named(work), main);
      assert.deepStrictEqual(same, { commit: work.commit, conflicts: [] });
    }).pipe(Effect.provide(services)),
  );

  it.live("has markers that are found whatever the ends of lines and the attributes of files", () =>
    Effect.gen(function* () {
      const clone = yield* repository();
      const fs = yield* FileSystem.FileSystem;
      const attributes = "lock -diff\nlong conflict-marker-size=20\n";
      yield* fs.writeFileString(`${clone}/.git/info/attributes`, attributes);
      const files = (text: string) => ({ crlf: `${text}\r\n`, lock: text, long: text });
      const work = yield* branchWith(clone, "work", "main", files("work\n"));
      const base = yield* branchWith(clone, "base", "main", files("base\n"));
      const named = ({ branch: name, commit: tip }: typeof work) => ({ name, tip });
      const { commit } = yield* AttemptStart.continued(clone, named(work), named(base));
      const found = yield* AttemptStart.unresolved(clone, commit);
      assert.deepStrictEqual(found, ["crlf", "lock", "long"]);
    }).pipe(Effect.provide(services)),
  );
});
