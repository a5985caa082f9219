import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Joined from "./support/Joined.ts";

const issues = [
  { title: "Server" },
  {
    title: "Page",
    body: "---\nbranch: feature/page\ndependsOn: [{ task: 1, until: pr-open, stack: true }]\n---\nShow it.",
  },
];

/** An agent that does what its prompt says: it works on the branch and opens its pull request against the base. */
const obedient: Joined.Options["opens"] = ({ prompt, task }) => {
  const said = (what: string) => new RegExp(`<<< ${what} \\w+\n(.*)\n`).exec(prompt)?.[1];
  const base = said("base");
  const held = task === "acme/shop#1" ? { labels: ["hold"] } : {};
  return { ...held, ...(base === undefined ? {} : { base, branch: `${said("branch")}-work` }) };
};

/** Real processes on a busy machine: nothing here is judged by its time. */
const timeout = 240_000;

describe("an issue with stack", { timeout }, () => {
  it.live("is worked on at the change of its dependency, and merged after it, kill -9 or not", () =>
    Effect.gen(function* () {
      const automation = "  auto_merge_on_success: true\n";
      const folder = yield* Joined.scene({ issues, automation, opens: obedient });
      const { github, codegen } = folder;
      const started = yield* folder.start("run", "--config", "config.yaml");
      yield* started.saw(/pull request #4: it stands on the change of acme\/shop#1/);
      const below = github.world.issue("acme/shop#3")!.pull!;
      expect(github.world.issue("acme/shop#4")!.pull!).toMatchObject({
        base: below.head,
        head: "feature/page-work",
      });
      expect(github.world.repo("acme/shop")!.git.tip("feature/page")!.sha).toBe(below.sha);
      const why = yield* folder.run("why", "#2");
      expect(why.out).toMatch(
        /landing .*past .*it stands on the change of acme\/shop#1, which has/,
      );
      yield* started.signal("SIGKILL");
      yield* started.ended;
      github.people.merge("acme/shop#3");
      const { code, error } = yield* folder.run("resume");
      expect({ code, error }).toMatchObject({ code: 0 });
      expect(github.world.issue("acme/shop#4")!.pull!).toMatchObject({ base: "main" });
      const merges = github.judge.merges().map(({ pull }) => pull);
      expect(merges).toEqual(["acme/shop#3", "acme/shop#4"]);
      expect(codegen.launched()).toHaveLength(2);
      expect(folder.violations()).toEqual([]);
    }),
  );
});
