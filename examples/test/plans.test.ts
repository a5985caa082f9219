import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@effect/vitest";
import type { ResultManager } from "@orchestrator/core";
import { filesIn, orchestrator, output, repositoryWith } from "./support.ts";

type Results = { readonly tasks: ReadonlyArray<ResultManager.ResultRow> };

interface Expected {
  readonly code: number;
  readonly outcomes: Readonly<Record<string, string>>;
  readonly check?: (results: Results, folder: string) => Promise<void> | void;
}

const expected: Record<string, Expected> = {
  "gates-and-policies.yaml": {
    code: 1,
    outcomes: {
      build: "succeeded",
      announce: "succeeded",
      lint: "failed",
      publish: "skipped",
      deploy: "held",
      "clean-up": "succeeded",
    },
    check: async (_, folder) => {
      const branches = await output(folder, "git", "branch", "--list", "orchestrator/*/@merged");
      const tree = ["ls-tree", "--name-only", branches.trim()];
      expect((await output(folder, "git", ...tree)).split("\n")).toContain("program.txt");
    },
  },
  "resources-and-claims.yaml": {
    code: 0,
    outcomes: Object.fromEntries(
      ["train-large", "train-small", "train-tiny", "try-old", "try-new"]
        .concat("write-notes", "write-index")
        .map((id) => [id, "succeeded"]),
    ),
    check: (results) => {
      const time = (id: string) => results.tasks.find((row) => row.task_id === id)!;
      const isBefore = (one: string, other: string) =>
        time(one).end_time! <= time(other).start_time!;
      expect(isBefore("train-large", "train-small")).toBe(true);
      expect(isBefore("try-new", "try-old")).toBe(true);
      const apart =
        isBefore("write-notes", "write-index") || isBefore("write-index", "write-notes");
      expect(apart).toBe(true);
    },
  },
  "outputs-and-environment.yaml": {
    code: 0,
    outcomes: {
      version: "succeeded",
      servers: "succeeded",
      release: "succeeded",
      greet: "succeeded",
    },
    check: (results) => {
      const outputs = Object.fromEntries(results.tasks.map((row) => [row.task_id, row.output]));
      expect(outputs).toEqual({
        version: { number: "1.4.0" },
        servers: { main: { host: "one.example" }, count: 2 },
        release: { to: "one.example in us", tag: "v1.4.0" },
        greet: { said: "Tell everybody about v1.4.0." },
      });
    },
  },
  "actions-and-conditions.yaml": {
    code: 3,
    outcomes: {
      count: "succeeded",
      complain: "skipped",
      tell: "succeeded",
      report: "succeeded",
      publish: "held",
      announce: "held",
    },
    check: async (_, folder) => {
      const decided = await orchestrator(folder, "decide", "publish", "approve", "--note", "now");
      expect(decided.code).toBe(0);
      expect((await orchestrator(folder, "resume")).code).toBe(0);
      const rows = resultsIn(folder).tasks.map((row) => [row.task_id, row.output]);
      const outputs = Object.fromEntries(rows) as Record<string, { path?: string }>;
      expect(outputs).toMatchObject({
        publish: { approved: true, note: "now" },
        announce: { stdout: "Published: now" },
      });
      expect(readFileSync(outputs["report"]!.path!, "utf8")).toMatch(/^There are \d+ entries\.$/);
    },
  },
  "discovery-and-retries.yaml": {
    code: 1,
    outcomes: {
      "list-packages": "succeeded",
      "check-api": "succeeded",
      "check-web": "succeeded",
      flaky: "succeeded",
      endless: "failed",
      unlucky: "succeeded",
    },
    check: (results) => {
      const tries = results.tasks.map((row) => [row.task_id, row.attempts.length]);
      expect(Object.fromEntries(tries)).toMatchObject({ flaky: 2, endless: 1, unlucky: 3 });
    },
  },
};

const resultsIn = (folder: string): Results => {
  const runs = join(folder, ".orchestrator/runs");
  const [run] = readdirSync(runs);
  return JSON.parse(readFileSync(join(runs, run!, "results.json"), "utf8")) as Results;
};

describe("plans", () => {
  it("are all checked", () => {
    expect(filesIn("plans", "").toSorted()).toEqual(Object.keys(expected).sort());
  });

  it.for(Object.entries(expected))("%s is valid and runs as it says", async ([name, wanted]) => {
    const folder = await repositoryWith(join("plans", name));
    const plan = await orchestrator(folder, "plan", name, "--format", "json");
    expect({ code: plan.code, stderr: plan.stderr }).toEqual({ code: 0, stderr: "" });

    const { code } = await orchestrator(folder, "run", name);
    const results = resultsIn(folder);
    const outcomes = results.tasks.map((row) => [row.task_id, row.status]);
    expect(Object.fromEntries(outcomes)).toEqual(wanted.outcomes);
    expect(code).toBe(wanted.code);
    await wanted.check?.(results, folder);
    expect(await output(folder, "git", "status", "--porcelain", "--", name)).toBe("");
  });
});
