import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Joined from "./support/Joined.ts";

const run = ["run", "--config", "config.yaml"] as const;

/** An agent that goes on for ever. */
const endless = { seconds: null };

/** Two that wait for nothing, and four behind the first. */
const six = [
  { title: "Design" },
  { title: "Server", body: "Depends on #1" },
  { title: "Client", body: "Depends on #1" },
  { title: "Join them", body: "Depends on #2\nDepends on #3" },
  { title: "Logo" },
  { title: "Publish", blockedBy: ["#4"] },
];

const issues = six.map((_, index) => `acme/shop#${index + 1}`);

/** The run merges. */
const auto = "  auto_merge_on_success: true\n";

/** Which issue waits for which. */
const edges = [
  [2, 1],
  [3, 1],
  [4, 2],
  [4, 3],
  [6, 4],
] as const;

type Scene = Effect.Success<ReturnType<typeof Joined.scene>>;

/** Issues in the order in which their changes were merged. */
const merged = ({ github, issueOf }: Scene): ReadonlyArray<string> =>
  github.judge.merges().map(({ pull }) => issueOf(pull));

/** Each issue has one agent, one comment, one label and one merge, and these in their order. */
const expectAllDone = (folder: Scene): void => {
  const { judge } = folder.github;
  const launched = folder.codegen.launched().map(({ task }) => task);
  expect(launched.toSorted()).toEqual(issues);
  const order = merged(folder);
  expect(order.toSorted()).toEqual(issues);
  const at = (issue: number) => order.indexOf(`acme/shop#${issue}`);
  expect(edges.filter(([later, earlier]) => at(later) < at(earlier))).toEqual([]);
  for (const issue of issues) {
    expect(judge.commentsOf(issue)).toHaveLength(1);
    expect(judge.labelsOf(issue)).toEqual(["status:completed"]);
  }
  expect(judge.forbidden()).toEqual([]);
  expect(folder.violations()).toEqual([]);
};

/** Real processes on a busy machine, and virtual minutes of waiting: nothing here is judged by its time. */
const timeout = 240_000;

describe("orchestrator run on GitHub", { timeout, concurrent: true }, () => {
  it.live("works on issues, merges in their order and tells on each", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six, automation: auto });
      const { code, error, out } = yield* folder.run(...run, "--results", "results.json");
      expect({ code, error }).toMatchObject({ code: 0 });
      expect(out).toContain("6 tasks succeeded");
      expectAllDone(folder);
      const { github } = JSON.parse(yield* folder.read("results.json"));
      expect(github).toMatchObject({ requests: expect.any(Number), remaining: expect.any(Array) });
      const status = yield* folder.run("status");
      expect(status.out).toContain("acme/shop issues, merged by the run");
      expect(status.out).toMatch(/^GitHub: \d+ requests, .* of 5000 REST points left/m);
    }),
  );

  it.live("goes on after kill -9 without launching, telling or merging anything twice", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six, automation: auto });
      const started = yield* folder.start(...run, "--json");
      yield* started.saw(
        /"_tag":"LandingEnded"[^]*"_tag":"AgentRunStarted"[^]*"_tag":"AgentRunStarted"/,
      );
      yield* started.signal("SIGKILL");
      yield* started.ended;
      const { code, error, out } = yield* folder.run("resume");
      expect({ code, error }).toMatchObject({ code: 0 });
      expect(out).toContain("6 tasks succeeded");
      expectAllDone(folder);
    }),
  );

  it.live("works on a board of several repositories, and moves its cards", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({
        issues: [{ title: "Client", body: "Depends on acme/api#1" }],
        others: [{ title: "Server" }],
        automation: `${auto}  board_status: { completed: Shipped }\n  close_issues: true\n`,
      });
      const started = yield* folder.start(...run);
      yield* started.saw(/acme\/api#1 started/);
      yield* started.signal("SIGINT");
      yield* started.ended;
      const { code, error } = yield* folder.run("resume");
      expect({ code, error }).toMatchObject({ code: 0 });
      // Which repository an agent works in is said by its task.
      expect(error).not.toContain("No repository is named");
      const places = folder.codegen.launched().map(({ repoId, task }) => [task, repoId]);
      expect(places).toEqual([
        ["acme/api#1", 7002],
        ["acme/shop#1", 7001],
      ]);
      expect(merged(folder)).toEqual(["acme/api#1", "acme/shop#1"]);
      const cards = folder.github.judge.cardHistory("acme/shop#1");
      expect(cards).toEqual(["In Progress", "Shipped"]);
      expect(folder.violations()).toEqual([]);
    }),
  );

  it.live("sends a change back whose checks fail, and merges it once they pass", () =>
    Effect.gen(function* () {
      const lint = { name: "lint", summary: "Line 7 is too long." };
      const opens: Joined.Options["opens"] = [
        { match: { attempt: 1 }, opens: { checks: [{ ...lint, conclusion: "failure" }] } },
        { match: { attempt: 2 }, opens: { checks: [lint] } },
      ];
      const folder = yield* Joined.scene({ issues: six.slice(0, 1), automation: auto, opens });
      const { code, error } = yield* folder.run(...run);
      expect({ code, error }).toMatchObject({ code: 0 });
      const prompts = folder.codegen.launched().map(({ prompt }) => prompt);
      expect(prompts).toHaveLength(2);
      expect(prompts[1]).toContain("Line 7 is too long.");
      expect(merged(folder)).toEqual(["acme/shop#1"]);
      expect(folder.github.judge.commentsOf("acme/shop#1")).toHaveLength(1);
    }),
  );

  it.live("waits where people merge, says for what, and goes on when somebody does", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six.slice(0, 2) });
      const started = yield* folder.start(...run);
      yield* started.saw(/acme\/shop#1: pull request #3: .*merge/);
      const status = yield* folder.run("status");
      expect(status.out).toMatch(/acme\/shop#1 landing for .*: pull request #3: .*merge/);
      expect(folder.codegen.launched()).toHaveLength(1);
      yield* Effect.sync(() => folder.github.people.merge("acme/shop#3"));
      yield* started.saw(/acme\/shop#2: pull request #4: .*merge/);
      yield* Effect.sync(() => folder.github.people.merge("acme/shop#4"));
      const { code, out } = yield* started.ended;
      expect(code).toBe(0);
      expect(out).toContain("2 tasks succeeded");
      expect(folder.github.judge.merges().map(({ way }) => way)).toEqual(["people", "people"]);
    }),
  );

  it.live("asks when somebody closes a pull request, and goes on as is decided", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({
        issues: six.slice(0, 2),
        automation: "  lease: false\n",
      });
      const started = yield* folder.start(...run);
      yield* started.saw(/pull request #3: .*merge/);
      yield* Effect.sync(() => folder.github.people.close("acme/shop#3"));
      const { code, out } = yield* started.ended;
      expect(code).toBe(3);
      expect(out).toMatch(/pull\/3 was closed by operator and not merged/);
      expect(folder.deeds().filter(({ what }) => what.startsWith("ref."))).toEqual([]);
      yield* Effect.sync(() => folder.github.people.reopen("acme/shop#3"));
      const decided = yield* folder.run("decide", "acme/shop#1", "wait");
      expect(decided).toMatchObject({ code: 0, error: "" });
      yield* Effect.sync(() => folder.github.people.merge("acme/shop#3"));
      const resumed = yield* folder.start("resume");
      yield* resumed.saw(/acme\/shop#2: pull request #4: .*merge/);
      yield* Effect.sync(() => folder.github.people.merge("acme/shop#4"));
      expect((yield* resumed.ended).code).toBe(0);
      expect(folder.codegen.launched()).toHaveLength(2);
    }),
  );

  it.live("stops the agents of a run that nobody works on, and starts nothing", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six.slice(0, 2), fate: endless });
      const started = yield* folder.start(...run, "--json");
      yield* started.saw(/"_tag":"AgentRunStarted"/);
      yield* started.signal("SIGKILL");
      yield* started.ended;
      const [id] = yield* folder.names(".orchestrator/runs");
      const { code, out } = yield* folder.run("cancel", id!);
      expect(code).toBe(0);
      expect(out).toContain("cancelled: 0 of 2 tasks succeeded");
      expect(folder.codegen.launched().map(({ status }) => status)).toEqual(["CANCELLED"]);
      expect(folder.github.judge.commentsOf("acme/shop#1")).toHaveLength(1);
    }),
  );

  it.live("makes up, once it has ended, for what could not be told on an issue", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six.slice(0, 1), automation: auto });
      const { faults, judge } = folder.github;
      const started = yield* folder.start(...run);
      yield* started.saw(/pull request #2/);
      yield* Effect.sync(() =>
        faults.add({ on: "comments.update", fault: { kind: "status", status: 502 } }),
      );
      const { code, out } = yield* started.ended;
      expect(code).toBe(0);
      expect(out).toContain("tell 1 issue how it ended:");
      expect(judge.commentsOf("acme/shop#1")[0]!.body).not.toContain("Completed");
      yield* Effect.sync(() => faults.clear());
      const [id] = yield* folder.names(".orchestrator/runs");
      expect((yield* folder.run("resume", id!)).code).toBe(0);
      expect(judge.commentsOf("acme/shop#1")).toHaveLength(1);
      expect(judge.commentsOf("acme/shop#1")[0]!.body).toContain("Completed");
      expect(folder.codegen.launched()).toHaveLength(1);
    }),
  );

  it.live("leaves a run that waits for people at ^C, and goes on with it later", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six.slice(0, 1) });
      const started = yield* folder.start(...run);
      yield* started.saw(/pull request #2: .*merge/);
      yield* started.signal("SIGINT");
      const left = (yield* started.ended).out;
      expect(left).toContain("no agent is at work, 1 change has not landed yet");
      expect(left).toContain("go on with the run:");
      yield* Effect.sync(() => folder.github.people.merge("acme/shop#2"));
      const { code } = yield* folder.run("resume");
      expect(code).toBe(0);
      expect(folder.codegen.launched()).toHaveLength(1);
      expect(folder.github.judge.commentsOf("acme/shop#1")).toHaveLength(1);
    }),
  );

  it.live("runs the issues of the clone around it, with what the environment says alone", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six.slice(0, 1) });
      const clone = yield* folder.clone;
      const started = yield* clone.in("src").start("run");
      yield* started.saw(/pull request #2: .*merge/);
      yield* started.signal("SIGKILL");
      yield* started.ended;
      yield* Effect.sync(() => folder.github.people.merge("acme/shop#2"));
      expect(yield* clone.names(".orchestrator/runs")).toHaveLength(1);
      expect((yield* clone.in("src").run("resume")).code).toBe(0);
      expect(folder.codegen.launched()).toHaveLength(1);
    }),
  );

  it.live("only looks with --dry-run: nothing is launched, written or kept", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six });
      const { code, error, out } = yield* folder.run(...run, "--dry-run");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toContain("acme/shop#2  Server  by codegen  after acme/shop#1 (body line 1)");
      expect(yield* folder.names()).toEqual(["config.yaml"]);
      expect(folder.codegen.launched()).toEqual([]);
      expect(folder.deeds()).toEqual([]);
    }),
  );

  it.live("needs an agent for issues, and says how to have one", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six });
      yield* folder.write("bare.yaml", "github:\n  repository: acme/shop\n");
      const { code, error } = yield* folder.run("run", "--config", "bare.yaml");
      expect(code).toBe(78);
      expect(error).toContain("Set CODEGEN_ORG_ID and CODEGEN_API_TOKEN");
      expect(yield* folder.names()).toEqual(["bare.yaml", "config.yaml"]);
    }),
  );

  it.live("leaves out what no agent here can do, and what waits for it", () =>
    Effect.gen(function* () {
      const local = { title: "By hand", labels: ["agent:local"] };
      const folder = yield* Joined.scene({ issues: [local, six[1]!] });
      const { code, error, out } = yield* folder.run(...run);
      expect({ code, out }).toEqual({ code: 78, out: "" });
      expect(error).toContain(
        'acme/shop#1 is for the agent "local", which the configuration does not give to issues. Give it to them (agents: { local: { run: my-agent } }), or name another agent.',
      );
      const plan = yield* folder.run("plan", "--config", "config.yaml");
      expect(plan.out).toContain("acme/shop#2  Server: waits for acme/shop#1, which cannot run");
    }),
  );

  it.live("ends with 4 where another orchestrator works on the repository, and names it", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six, fate: endless });
      const first = yield* folder.start(...run, "--json");
      yield* first.saw(/"_tag":"AgentRunStarted"[^]*"_tag":"AgentRunStarted"/);
      const [id] = yield* folder.names(".orchestrator/runs");
      const elsewhere = yield* folder.elsewhere();
      const second = yield* elsewhere.run(...run);
      expect(second.code).toBe(4);
      expect(second.error).toContain(id!);
      expect(yield* elsewhere.names()).toEqual(["config.yaml"]);
      expect(folder.codegen.launched()).toHaveLength(2);
      yield* first.signal("SIGKILL");
      yield* first.ended;
      // The process is gone from this machine: nobody has to wait for its lease to run out.
      const third = yield* elsewhere.start(...run, "--json");
      yield* third.saw(/"_tag":"AgentRunStarted"/);
      yield* third.signal("SIGKILL");
      yield* third.ended;
    }),
  );

  it.live("leaves its run in order when it loses the repository, and can be resumed", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({ issues: six.slice(0, 2), automation: auto });
      const started = yield* folder.start(...run);
      yield* started.saw(/acme\/shop#1 started/);
      yield* folder.unlock;
      const { code, error } = yield* started.ended;
      expect(code).toBe(4);
      expect(error).toMatch(/lease of acme\/shop/);
      expect((yield* folder.run("resume")).code).toBe(0);
      expect(folder.codegen.launched()).toHaveLength(2);
      expect(merged(folder)).toEqual(issues.slice(0, 2));
    }),
  );

  it.live("writes nothing on GitHub with --no-post-results but what keeps others away", () =>
    Effect.gen(function* () {
      const fate = { end: "FAILED", seconds: 5 };
      const automation = "  tracking_issue: 1\n";
      const folder = yield* Joined.scene({ issues: six.slice(0, 1), fate, automation });
      const { code } = yield* folder.run(...run, "--no-post-results");
      expect(code).toBe(1);
      const done = folder.deeds().map(({ what }) => what);
      expect(done).toContain("ref.created");
      expect(done.filter((what) => !what.startsWith("ref."))).toEqual([]);
    }),
  );

  it.live("keeps one comment on the tracking issue that says how the run stands", () =>
    Effect.gen(function* () {
      const folder = yield* Joined.scene({
        issues: [six[0]!, { title: "Runs", state: "closed" }],
        automation: '  tracking_issue: "#2"\n',
      });
      const told = () => folder.github.judge.commentsOf("acme/shop#2").map(({ body }) => body);
      const started = yield* folder.start(...run);
      yield* started.saw(/pull request #3: .*merge/);
      expect(told()).toEqual([expect.stringContaining("goes on")]);
      yield* started.signal("SIGINT");
      yield* started.ended;
      expect(told()).toEqual([expect.stringContaining("left before its end")]);
      yield* Effect.sync(() => folder.github.people.merge("acme/shop#3"));
      expect((yield* folder.run("resume")).code).toBe(0);
      expect(told()).toEqual([expect.stringContaining("succeeded")]);
    }),
  );

  it.live("warns where it cannot tell on the tracking issue, and goes on", () =>
    Effect.gen(function* () {
      const automation = `${auto}  tracking_issue: acme/shop#99\n`;
      const folder = yield* Joined.scene({ issues: six.slice(0, 1), automation });
      const { code, error } = yield* folder.run(...run);
      expect(code).toBe(0);
      expect(error).toContain("automation.tracking_issue does not say how the run stands: ");
    }),
  );

  it.live("names who else is at work where the token can keep nobody away", () =>
    Effect.gen(function* () {
      const mark = `<!-- orchestrator v=1 run=r7 key=k mac=${"0".repeat(64)} -->`;
      const body = `${mark}\n**🔵 In progress**`;
      const folder = yield* Joined.scene({
        issues: [{ ...six[0]!, comments: [{ body, at: Date.now() }] }],
        fate: { end: "FAILED", seconds: 5 },
        token: { issues: "write", contents: "read", metadata: "read", pull_requests: "read" },
      });
      const { error } = yield* folder.run(...run);
      expect(error).toContain("There is no lease on acme/shop");
      expect(error).toMatch(
        /Another orchestrator may be at work on acme\/shop: run r7, told of by/,
      );
    }),
  );

  it.live("appends what came out to the summary of a job in GitHub Actions", () =>
    Effect.gen(function* () {
      const environment = { GITHUB_STEP_SUMMARY: "summary.md" };
      const folder = yield* Joined.scene({
        issues: six.slice(0, 1),
        automation: auto,
        environment,
      });
      yield* folder.write("summary.md", "before\n");
      const { code } = yield* folder.run(...run);
      expect(code).toBe(0);
      const summary = yield* folder.read("summary.md");
      expect(summary).toMatch(/^before\n/);
      expect(summary).toContain("acme/shop");
    }),
  );
});
