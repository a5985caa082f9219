import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Clone from "./support/Clone.ts";

const run = ["run", "--config", "config.yaml"] as const;

/** The run merges, and says little on the way. */
const auto = (more = "") =>
  `automation: { auto_merge_on_success: true, post_results_as_comment: false, update_issue_status: false, lease: false${more} }\n`;

/** Three that build on each other, and one for which there is nothing to do. */
const chain = [
  { title: "Server", body: "Write the server. `$(touch /tmp/never)` {{ tasks.x.output }}" },
  {
    title: "Fixes #1 badly",
    body: "---\ndependsOn: [{ task: 1, until: pr-open, stack: true }]\n---\nRead 1.txt.",
  },
  { title: "Docs", body: "Depends on #2" },
  { title: "Nothing to do" },
];

/** Fails unless what the issue before left is there. */
const work = `test "$number" = 4 && number=
test -z "$number" || test "$number" = 1 || cat "$((number - 1)).txt" || exit 1
test -z "$number" || echo work > "$number.txt"`;

const outage = { kind: "status", status: 503 } as const;

/** Real processes on a busy machine: nothing here is judged by its time. */
const timeout = 240_000;

describe("agents of this machine on issues", { timeout, concurrent: true }, () => {
  it.live("work once each, kill -9 or not, and their pull requests are merged in order", () =>
    Effect.gen(function* () {
      const folder = yield* Clone.scene({
        issues: chain,
        config: `${auto()}agent: { retry_attempts: 1 }\n`,
        faults: [{ on: "pulls.create", calls: 1, fault: { kind: "hang" } }],
        play: work,
      });
      const { github } = folder;
      const started = yield* folder.start(...run);
      yield* started.saw(/opening its pull request/);
      yield* started.signal("SIGKILL");
      yield* started.ended;
      expect(folder.pulls()).toEqual([]);
      expect(folder.origin("branch", "--list", "orchestrator/*").split("\n")).toHaveLength(1);
      const { code, error, out } = yield* folder.run("resume");
      expect({ code, error, out }).toMatchObject({ code: 1 });
      expect(out).toContain("succeeded but changed nothing");
      const starts = [1, 2, 3, 4].map((number) => `acme/shop#${number} 1 token=none`);
      expect(folder.starts().toSorted()).toEqual(starts);
      expect(folder.prompt(1, 1)).toContain(chain[0]!.body);
      const pulls = folder.pulls();
      expect(pulls.map(({ title }) => title)).toEqual(["Server", "Fixes issue #1 badly", "Docs"]);
      const closing = ["Closes #1", "Closes #2", "Closes #3"];
      expect(pulls.map(({ body }) => body!.split("\n")[0])).toEqual(closing);
      const opened = github.world.deeds.filter(({ what }) => what === "pull.opened");
      const below = expect.stringMatching(/^orchestrator\/[^/]+\/acme-shop-1-/);
      expect(opened.map(({ more }) => more["base"])).toEqual(["main", below, "main"]);
      expect(github.judge.merges()).toHaveLength(3);
      const isOpen = [1, 2, 3, 4].map(
        (number) => github.world.issue(`acme/shop#${number}`)!.isOpen,
      );
      expect(isOpen).toEqual([false, false, false, true]);
      const files = folder.origin("ls-tree", "--name-only", "main").split("\n");
      expect(files).toEqual(["1.txt", "2.txt", "3.txt", "shop.txt"]);
      // The person's own checkout is as it was.
      expect(folder.clone("branch", "--list")).toBe("* main");
      expect(yield* folder.names()).not.toContain("1.txt");
      expect(github.judge.forbidden()).toEqual([]);
      expect(github.violations()).toEqual([]);
    }),
  );

  it.live("go on with their branch where checks fail and others were faster", () =>
    Effect.gen(function* () {
      const folder = yield* Clone.scene({
        issues: [{ title: "Server" }, { title: "Page" }],
        checks: [{ name: "lint", seconds: null }],
        // While agents end, GitHub opens nothing: landing sees to it.
        faults: [{ on: "pulls.create", calls: { from: 1, to: 10 }, fault: outage }],
        config: `${auto(", rerun_flaky: false")}agent: { retry_delay_seconds: 1 }\n`,
        play: 'if grep -q "^<<<<<<<" shop.txt; then echo both > shop.txt; else echo "$number" > shop.txt; fi',
      });
      const { github } = folder;
      const { people, world } = github;
      const pull = (title: string) => folder.pulls().find((one) => one.title === title);
      const lint = (title: string, conclusion: "success" | "failure") => {
        const found = pull(title);
        if (found === undefined) return;
        people.setCheck(`acme/shop#${found.number}`, { name: "lint", conclusion, seconds: 0 });
      };
      // What the server does is found wrong as soon as the page is there.
      world.watch = ({ what }) => {
        if (what === "pull.pushed") return lint("Server", "success");
        if (what !== "pull.opened" && what !== "pull.merged") return;
        if (what === "pull.opened") lint("Page", "success");
        if (world.deeds.some((deed) => deed.what === "pull.merged")) lint("Server", "failure");
      };
      const { code, error, out } = yield* folder.run(...run);
      expect({ code, error, out }).toMatchObject({ code: 0 });
      expect(folder.starts().toSorted()).toEqual([
        "acme/shop#1 1 token=none",
        "acme/shop#1 2 token=none",
        "acme/shop#2 1 token=none",
      ]);
      expect(folder.prompt(1, 2)).toContain('both changed "shop.txt"');
      expect(folder.pulls()).toHaveLength(2);
      expect(folder.origin("show", "main:shop.txt")).toBe("both");
      const forced = world.deeds.filter(({ what }) => what === "ref.forced");
      expect(forced).toEqual([]);
      expect(github.violations()).toEqual([]);
    }),
  );

  it.live("may push, which doctor tries, and are to have the whole history", () =>
    Effect.gen(function* () {
      const folder = yield* Clone.scene({ issues: [{}], play: "true" });
      yield* folder.write(".git/shallow", `${folder.clone("rev-parse", "HEAD")}\n`);
      const { out } = yield* folder.run("doctor", "--json", "--config", "config.yaml");
      expect(JSON.parse(out)).toContainEqual({
        about: "agents on issues",
        level: "warning",
        message: expect.stringMatching(
          /^claude can work in this clone of acme\/shop, and git may push to origin, but .* git fetch --unshallow origin$/,
        ),
      });
      expect(folder.origin("branch", "--list")).toBe("* main");
    }),
  );

  it.live("are not started where git may not push what they would do", () =>
    Effect.gen(function* () {
      const folder = yield* Clone.scene({ issues: [{ title: "Server" }], play: work });
      const origin = folder.clone("config", "remote.origin.url");
      folder.clone("config", "url./nowhere/else.pushInsteadOf", origin);
      const { code, error } = yield* folder.run(...run);
      expect({ code, error }).toMatchObject({
        code: 69,
        error: expect.stringContaining("could not be pushed, so nothing was started"),
      });
      expect(folder.starts()).toEqual([""]);
    }),
  );

  it.live("work for no other repository than that of the clone", () =>
    Effect.gen(function* () {
      const issues = [{ title: "Server" }];
      const folder = yield* Clone.scene({ issues, origin: "acme/other", play: "echo no > file" });
      const { code, error } = yield* folder.run(...run, "--repo", "acme/shop");
      expect(code).toBe(78);
      expect(error).toContain(
        'acme/shop#1 is for the agent "claude" of this machine, which works in a clone of acme/shop, and this is one of acme/other. Start the command in a clone whose origin is acme/shop.',
      );
      expect(folder.starts()).toEqual([""]);
    }),
  );
});
