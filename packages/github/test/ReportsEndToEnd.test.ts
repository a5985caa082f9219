import { assert, describe, it } from "@effect/vitest";
import { AgentPool, Journal, Orchestrator, Reporter } from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as GitHubReporter from "../src/GitHubReporter.ts";
import * as GitHubSource from "../src/GitHubSource.ts";
import { read } from "./support/asGitHub.ts";
import { type Simulation, simulated } from "./support/simulated.ts";

const hostile = [
  "Done, @eve and @acme/admins. Fixes #2, closes acme/shop#3.",
  "/deploy production",
  "![](https://evil.example/p.png) <img src=x> <!-- orchestrator v=1 run=x key=y -->",
  "</details>",
].join("\n");

const world: Simulation["world"] = {
  users: ["operator"],
  orgs: [{ login: "acme", members: ["operator"] }],
  projects: [
    {
      owner: "acme",
      fields: { Status: ["Todo", "In Progress", "Done"] },
      items: ["acme/shop#1", { issue: "acme/shop#2", values: { Status: "Todo" } }],
    },
  ],
  tokens: [
    {
      token: "t",
      kind: "classic",
      user: "operator",
      scopes: ["repo", "read:org", "project"],
    },
  ],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" },
      issues: [
        { title: "Add a cart @eve", labels: ["bug", "status:queued"], author: "operator" },
        { title: "Pay, fixes #1", body: "Depends on #1", author: "operator" },
        { title: "Ship <img src=x>", body: "Depends on #2", author: "operator" },
      ],
    },
  ],
};

const ids = ["acme/shop#1", "acme/shop#2", "acme/shop#3"];

/** Keeps nothing: the fake cannot spoil an answer without a body. */
const forgetful = { get: () => Effect.undefined, set: () => Effect.void };

/** Reads the issues of the fake, works on them, and tells about it there. */
const run = Effect.fnUntraced(function* (faults: NonNullable<Simulation["faults"]>, seed = 1) {
  const { client, fake, within } = yield* simulated({ world, faults, seed });
  const github = yield* client({ cache: forgetful });
  const sources = [{ issues: { owner: "acme", repository: "shop" } }];
  const { plan } = GitHubSource.make({ client: github, sources });
  const { reporter } = yield* GitHubReporter.make(github, {
    secret: Redacted.make("secret"),
    labels: {},
    board: { owner: "acme", number: 1 },
    closeIssues: true,
  });
  const scripted = ScriptedAgent.make({
    "acme/shop#1": ScriptedAgent.succeeds(hostile, "10 minutes"),
    "acme/shop#2": ScriptedAgent.fails(hostile, "permanent"),
  });
  const layer = Orchestrator.Orchestrator.layer.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        AgentPool.AgentPool.layer({ agents: [{ agent: scripted.agent }] }),
        Journal.Journal.layerMemory,
        Layer.succeed(Reporter.Reporter, reporter),
      ),
    ),
  );
  const { outcome, state } = yield* within(
    3_600,
    Effect.gen(function* () {
      const { tasks } = yield* plan;
      const service = yield* Orchestrator.Orchestrator;
      const ended = yield* service.run(tasks, { run: "run-1" });
      return { outcome: ended.outcome, state: ended.state };
    }).pipe(Effect.provide(layer)),
  );
  return { fake, outcome, state };
});

/** What people see of an issue. */
const seen = (fake: Fake, id: string) => {
  const issue = fake.world.issue(id);
  return {
    isOpen: issue?.isOpen,
    labels: issue?.labels.map(({ name }) => name),
    comments: issue?.comments.map(({ body }) => body.split("\n").slice(1).join("\n")) ?? [],
  };
};

type Fake = Effect.Success<ReturnType<typeof simulated>>["fake"];

const lost = { kind: "reset", effect: "done" } as const;
const nonsense = { kind: "html", status: 502, effect: "done" } as const;

describe("a run told about on GitHub", () => {
  for (const [name, faults] of [
    ["when all goes well", []],
    ["when the answer to a change is lost", [{ on: "SetStatus", calls: 1, fault: lost }]],
    [
      "when answers to changes are lost after their effect",
      [
        { on: "SetStatus", fault: lost },
        { on: "comments.create", calls: 1, fault: lost },
        { on: "comments.update", calls: 1, fault: nonsense },
        { on: "labels.create", calls: 1, fault: nonsense },
        { on: "issues.addLabels", calls: 1, fault: lost },
        { on: "issues.removeLabel", calls: 1, fault: lost },
        { on: "issues.update", calls: 1, fault: lost },
        { on: "SetBoardStatus", calls: 1, fault: lost },
      ],
    ],
  ] as const) {
    it.effect(`is one comment, one label and one end for each issue, ${name}`, () =>
      Effect.gen(function* () {
        const { fake, outcome, state } = yield* run(faults);
        assert.strictEqual(outcome, "failed");
        assert.deepStrictEqual(state.warnings, []);
        assert.deepStrictEqual(fake.violations(), []);
        const [cart, pay, ship] = ids.map((id) => seen(fake, id));
        assert.deepInclude(cart, { isOpen: false, labels: ["bug", "status:completed"] });
        assert.deepInclude(pay, { isOpen: true, labels: ["status:failed"] });
        assert.deepInclude(ship, { isOpen: true, labels: ["status:skipped"] });
        const { judge } = fake;
        assert.deepStrictEqual(
          [...new Set(judge.cardHistory("acme/shop#1"))],
          ["In Progress", "Done"],
        );
        assert.strictEqual(judge.duplicatedComments(/<!-- orchestrator (.+?) -->/).size, 0);
        assert.deepStrictEqual(judge.forbidden(), []);
        for (const issue of [cart, pay, ship]) assert.lengthOf(issue?.comments ?? [], 1);
        assert.strictEqual(
          ship?.comments[0],
          "**⚫ Skipped**\n\n**Why:** `acme/shop#2` ended as failed\n\nRun `run-1`. This comment is kept up to date.\n",
        );
      }),
    );
  }

  it.effect("is told once, whatever goes wrong on the way", () =>
    Effect.gen(function* () {
      // Points that are used up for an hour are not made up for while the run goes on.
      const faults = GitHub.everyFault({ chance: 0.03 }).filter(
        (rule) => !JSON.stringify(rule).includes("primary"),
      );
      for (const seed of [6, 8, 10]) {
        const { fake, state } = yield* Effect.scoped(run(faults, seed));
        assert.strictEqual(state.overdueReports, 0);
        assert.deepStrictEqual(fake.violations(), []);
        assert.deepStrictEqual(fake.judge.forbidden(), []);
        const states = ["status:completed", "status:failed", "status:skipped"];
        for (const [index, id] of ids.entries()) {
          const { comments, labels } = seen(fake, id);
          assert.lengthOf(comments, 1);
          assert.deepStrictEqual(
            labels?.filter((name) => name.startsWith("status:")),
            [states[index]],
          );
        }
      }
    }),
  );

  it.effect("shows what malicious agents said, and nothing of it acts", () =>
    Effect.gen(function* () {
      const { fake } = yield* run([]);
      const [cart = "", pay = ""] = ids.flatMap((id) => seen(fake, id).comments);
      assert.include(
        pay,
        `**Why:**

> Done, @\u200beve and @\u200bacme/admins. Fixes \\#\u200b2, closes acme/shop\\#\u200b3.\\
> /\u200bdeploy production\\
> image \\<img src=x\\> \\<!-- orchestrator v=1 run=x key=y --\\>\\
> \\</details\\>
`,
      );
      assert.include(
        cart,
        `> \`\`\`text
> Done, @\u200beve and @\u200bacme/admins. Fixes #2, closes acme/shop#3.
> /\u200bdeploy production
> !\u200b[](https://evil.example/p.png) <img src=x> <!-- orchestrator v=1 run=x key=y -->
> </details>
> \`\`\`
`,
      );
      for (const text of [cart, pay]) {
        const { closes, commands, images, links, mentions, references } = read(text);
        const acts = [closes, commands, images, links, mentions, references].flat();
        assert.deepStrictEqual(acts, []);
      }
    }),
  );
});
