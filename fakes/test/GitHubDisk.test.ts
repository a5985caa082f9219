import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Clock, GitHub } from "../src/index.ts";
import { ask, shopOf } from "./support/github.ts";

const shop = "/repos/acme/shop";

const git = (cwd: string, ...args: ReadonlyArray<string>): string => {
  const who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"];
  return execFileSync("git", [...who, ...args], { cwd, encoding: "utf8" }).trim();
};

/** A bare repository with a commit, and a clone of it. */
const folders = () => {
  const root = mkdtempSync(join(tmpdir(), "disk-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const [origin, clone] = [join(root, "origin.git"), join(root, "clone")];
  git(root, "init", "-q", "--bare", "-b", "main", origin);
  git(root, "init", "-q", "-b", "main", clone);
  git(clone, "remote", "add", "origin", origin);
  const push = (branch: string, file: string): string => {
    writeFileSync(join(clone, file), `${file}\n`);
    git(clone, "add", "--all");
    git(clone, "commit", "-q", "-m", `Add ${file}`);
    git(clone, "push", "-q", "origin", `HEAD:refs/heads/${branch}`);
    return git(clone, "rev-parse", "HEAD");
  };
  push("main", "begin");
  return { origin, push };
};

describe("a repository that has a git side", () => {
  it("sees what is pushed there, and merges there", async () => {
    const { origin, push } = folders();
    const fake = await GitHub.make({
      clock: Clock.controlled(),
      world: shopOf([{ title: "Cart" }], { git: origin }),
    });
    onTestFinished(() => fake.close());
    const head = push("work", "cart");
    const open = (body: object) => ask(fake, `${shop}/pulls`, { method: "POST", body });
    const wanted = { title: "Cart", head: "work", base: "main", body: "Closes #1" };
    expect(await open(wanted)).toMatchObject({
      status: 201,
      body: { number: 2, head: { sha: head } },
    });
    expect((await open(wanted)).status).toBe(422);
    expect((await open({ ...wanted, head: "gone" })).status).toBe(422);
    const later = push("work", "more");
    expect(fake.world.issue("acme/shop#2")!.pull!.sha).toBe(later);
    fake.people.merge("acme/shop#2", { method: "squash" });
    expect(fake.world.issue("acme/shop#1")!.isOpen).toBe(false);
    const files = git(origin, "ls-tree", "--name-only", "main").split("\n");
    expect(files).toEqual(["begin", "cart", "more"]);
    expect(git(origin, "rev-parse", "main")).toBe(
      fake.world.repo("acme/shop")!.git.tip("main")!.sha,
    );
    expect(git(origin, "log", "-1", "--format=%s", "main")).toBe("Cart (#2)");
    expect(fake.violations()).toEqual([]);
  });
});
