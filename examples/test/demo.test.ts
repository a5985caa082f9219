import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@effect/vitest";
import { orchestrator, output, temporaryFolder } from "./support.ts";

interface Entry {
  readonly event: { readonly _tag: string; readonly task?: string; readonly at: number };
}

const planned = [
  ["words", "sample", "count", "frequency", "reading-time", "report", "wordstat"],
  ["review", "tests", "readme-use", "readme-parts"],
].flat();
const discovered = ["test-scripts", "test-empty"];

const spanOf = (entries: ReadonlyArray<Entry>, task: string): readonly [number, number] => {
  const of = (tag: string) =>
    entries.find(({ event }) => event._tag === tag && event.task === task)!.event.at;
  return [of("LaunchIntended"), of("TaskEnded")];
};

describe("orchestrator demo", () => {
  it("builds a program on main that passes its own tests", async () => {
    const place = temporaryFolder();
    const { code, stderr, stdout } = await orchestrator(
      place,
      "demo",
      "--folder",
      "it's new",
      "--json",
    );
    expect(stderr).toContain("passes its own 13 tests");
    expect(code).toBe(0);

    const folder = join(place, "it's new");
    const git = (...args: ReadonlyArray<string>) => output(folder, "git", ...args);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("branch", "--format=%(refname:short)")).toBe("main");
    expect(await git("worktree", "list", "--porcelain")).not.toContain("orchestrator/");

    const changing = [...planned, ...discovered].filter((id) => id !== "review");
    const merges = await git("log", "--merges", "--format=%s");
    const merged = merges.split("\n").map((line) => /\(([^()]+)\)$/.exec(line)?.[1]);
    expect(merged.toSorted()).toEqual(changing.toSorted());

    const report = await output(folder, process.execPath, "wordstat.mjs", "samples/fox.txt");
    expect(report).toMatch(/^words +20$/m);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    expect(readme.match(/^## .*$/gm)?.sort()).toEqual(["## Parts", "## Use"]);

    const entries = stdout
      .trimEnd()
      .split("\n")
      .map((line): Entry => JSON.parse(line) as Entry);
    const events = entries.map(({ event }) => event);
    expect(events).toContainEqual(
      expect.objectContaining({ _tag: "RetryScheduled", task: "reading-time", attempt: 1 }),
    );
    const added = events.find((event) => event._tag === "TasksAdded" && "by" in event);
    expect(added).toMatchObject({ by: "review", tasks: discovered.map((id) => ({ id })) });
    // The claim keeps the two apart; the diamond's arms work at the same time.
    const [use, parts] = [spanOf(entries, "readme-use"), spanOf(entries, "readme-parts")];
    expect(use[1] <= parts[0] || parts[1] <= use[0]).toBe(true);
    const [count, frequency] = [spanOf(entries, "count"), spanOf(entries, "frequency")];
    expect(count[0] < frequency[1] && frequency[0] < count[1]).toBe(true);
  });

  it("leaves a folder alone that has files in it", async () => {
    const place = temporaryFolder();
    writeFileSync(join(place, "precious.txt"), "keep me");
    const { code, stderr, stdout } = await orchestrator(place, "demo", "--folder", ".");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`found one with files in it: ${place}`);
    expect(readFileSync(join(place, "precious.txt"), "utf8")).toBe("keep me");
  });

  it("refuses a file as its folder", async () => {
    const place = temporaryFolder();
    writeFileSync(join(place, "taken"), "");
    const { code, stderr } = await orchestrator(place, "demo", "--folder", "taken");
    expect(code).toBe(2);
    expect(stderr).toContain("found a file");
  });
});
