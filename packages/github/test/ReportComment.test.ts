import { readFileSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import * as Redacted from "effect/Redacted";
import * as ReportComment from "../src/ReportComment.ts";
import { read } from "./support/asGitHub.ts";
import { type Event, intended, report, started } from "./support/reports.ts";

const options: ReportComment.Options = {
  secret: Redacted.make("secret"),
  issue: { owner: "acme", repository: "shop", number: 1 },
  hosts: ["github.com", "codegen.com"],
};

/** The comment without its mark. */
const text = (events: ReadonlyArray<Event>, more: Partial<ReportComment.Options> = {}) =>
  ReportComment.make(report(events), { ...options, ...more })
    .split("\n")
    .slice(1)
    .join("\n");

const failed = (message: string, attempt = 1): Event => ({
  _tag: "AgentRunEnded",
  attempt,
  end: { _tag: "Failed", failure: { class: "agent", message } },
});

const delivered = (more: object = {}): Event => ({
  _tag: "AgentRunEnded",
  attempt: 1,
  end: {
    _tag: "Succeeded",
    change: { branch: "b", pullRequests: ["https://github.com/acme/shop/pull/7"] },
    ...more,
  },
});

const url = "https://codegen.com/agent/trace/41";

describe("the comment of a task", () => {
  it("says that an agent works, and where to watch it", () => {
    assert.strictEqual(
      text([intended(), started(1, url)]),
      `**🔵 In progress**

| Attempt | Agent | Began (UTC) | Took | Result |
| ---: | --- | --- | ---: | --- |
| 1 | [codegen 41](https://codegen.com/agent/trace/41) | 2026-11-21 20:13:05 |  | at work |

Run \`run-1\`. This comment is kept up to date.
`,
    );
  });

  it("says what a landing waits for", () => {
    const landing: ReportComment.Landing = {
      pullRequest: { url: "https://github.com/acme/shop/pull/7", number: 7 },
      checks: [
        { name: "CI / lint", state: "success" },
        { name: "CI / test", state: "pending" },
      ],
      waitsFor: "1 check is not done: CI / test",
    };
    const events: ReadonlyArray<Event> = [
      intended(),
      started(),
      delivered(),
      { _tag: "LandingStarted", attempt: 1 },
    ];
    const shown = text(events, { landing });
    assert.strictEqual(
      shown,
      `**🟣 Landing**

| Attempt | Agent | Began (UTC) | Took | Result |
| ---: | --- | --- | ---: | --- |
| 1 | codegen 41 | 2026-11-21 20:13:05 | 2 min 0 s | delivered |

**Pull request:** [acme/shop 7](https://github.com/acme/shop/pull/7)

**Checks:** 🟡 CI / test, 🟢 CI / lint

**Waits for:** 1 check is not done: CI / test

Run \`run-1\`. This comment is kept up to date.
`,
    );
    const guide = readFileSync(new URL("../../../docs/guides/reports.md", import.meta.url), "utf8");
    assert.include(guide, `\`\`\`text\n${shown}\`\`\`\n`);
  });

  it("has the result in the end", () => {
    const events: ReadonlyArray<Event> = [
      intended(),
      started(),
      delivered({ summary: "Added `cart.ts`.", output: { files: 1 } }),
      { _tag: "LandingStarted", attempt: 1 },
      { _tag: "LandingEnded", attempt: 1, commit: "abc1234" },
      { _tag: "TaskEnded", outcome: "Succeeded" },
    ];
    assert.strictEqual(
      text(events),
      `**🟢 Completed**

| Attempt | Agent | Began (UTC) | Took | Result |
| ---: | --- | --- | ---: | --- |
| 1 | codegen 41 | 2026-11-21 20:13:05 | 2 min 0 s | delivered |

**Pull request:** [acme/shop 7](https://github.com/acme/shop/pull/7)

**Landed as:** \`abc1234\`

**The agent says:**

> Added \\\`cart.ts\\\`.

<details><summary>Output</summary>

> \`\`\`text
> {
>   "files": 1
> }
> \`\`\`

</details>

Run \`run-1\`. This comment is kept up to date.
`,
    );
  });

  it("says why a task failed, with each attempt", () => {
    const message = "2 tests failed:\ncart.test.ts\n  adds | removes";
    const events: ReadonlyArray<Event> = [
      intended(),
      started(),
      failed("no space left"),
      { _tag: "RetryScheduled", attempt: 1, class: "agent", delayMillis: 1_000 },
      { _tag: "TaskReady" },
      intended(2),
      started(2),
      failed(message, 2),
      {
        _tag: "TaskEnded",
        outcome: "Failed",
        reason: { _tag: "AttemptFailed", failure: { class: "agent", message } },
      },
    ];
    assert.strictEqual(
      text(events),
      `**🔴 Failed** · attempt 2

| Attempt | Agent | Began (UTC) | Took | Result |
| ---: | --- | --- | ---: | --- |
| 1 | codegen 41 | 2026-11-21 20:13:05 | 2 min 0 s | failed: no space left |
| 2 | codegen 42 | 2026-11-21 20:18:05 | 2 min 0 s | failed: 2 tests failed: cart.test.ts adds \\| removes |

**Why:**

> 2 tests failed:\\
> cart.test.ts\\
> \u00a0\u00a0adds \\| removes

Run \`run-1\`. This comment is kept up to date.
`,
    );
  });

  it("says why a task did not run, what is asked, and when it goes on", () => {
    const skipped = {
      _tag: "DependencyFailed",
      dependency: "acme/shop#2",
      outcome: "Skipped",
      root: "acme/shop#3",
    } as const;
    assert.include(
      text([{ _tag: "TaskEnded", outcome: "Skipped", reason: skipped }]),
      "**⚫ Skipped**\n\n**Why:** `acme/shop#2` ended as skipped, because of `acme/shop#3`\n",
    );
    const held = { _tag: "NeedsDecision", question: "Adopt run 41?" } as const;
    assert.include(
      text([{ _tag: "TaskEnded", outcome: "Held", reason: held }]),
      "**🟡 Held: somebody has to decide**\n\n**Question:** (`orchestrator held` shows how to answer)\n\n> Adopt run 41?\n",
    );
    const backingOff: Event = {
      _tag: "RetryScheduled",
      attempt: 1,
      class: "agent",
      delayMillis: 30_000,
    };
    assert.match(
      text([intended(), started(), failed("no"), backingOff]),
      /^\*\*🟠 Waiting for another attempt\*\* · from 2026-11-21 20:16:35 UTC on\n/,
    );
  });

  it("is the same for the same facts", () => {
    const events = [intended(), started(1, url), failed("x")];
    const made = () => ReportComment.make(report(events), options);
    assert.strictEqual(made(), made());
  });

  it("leads to no pull request of another repository, which would show a link to this issue", () => {
    const others = ["https://github.com/acme/api/pull/7", "https://github.com/acme/shop/pull/8"];
    const body = text([
      intended(),
      started(),
      delivered({ change: { branch: "b", pullRequests: others } }),
    ]);
    assert.include(
      body,
      "**Pull request:** acme/api 7 (github.com), [acme/shop 8](https://github.com/acme/shop/pull/8)",
    );
    assert.notInclude(body, "github.com/acme/api");
  });

  it("shows what a malicious agent says, and none of it acts", () => {
    const hostile = [
      "@acme/everyone: done! Fixes #2, closes acme/api#3, resolves https://github.com/acme/shop/issues/4 GH-5",
      "/deploy production",
      "![](https://evil.example/pixel.png) <img src=x> <!-- orchestrator v=1 -->",
      "</details><h1>Approved</h1>",
      "```",
      "# Approved by @admin",
      "| a | b |",
      "\u202eevil\u202c [log in](https://evil.example/login)",
    ].join("\n");
    const evil: Event = {
      _tag: "AgentRunStarted",
      attempt: 1,
      ref: { agent: "codegen", id: "41 | @eve", url: "https://evil.example/?](x)" },
    };
    const change = { branch: "b", pullRequests: ["https://evil.example/acme/shop/pull/7", "@eve"] };
    const body = text([
      intended(),
      evil,
      delivered({ summary: hostile, output: hostile, change }),
      { _tag: "TaskEnded", outcome: "Succeeded" },
    ]);
    assert.strictEqual(
      body,
      `**🟢 Completed**

| Attempt | Agent | Began (UTC) | Took | Result |
| ---: | --- | --- | ---: | --- |
| 1 | codegen 41 \\| @\u200beve (evil.example) | 2026-11-21 20:13:05 | 2 min 0 s | delivered |

**Pull request:** acme/shop 7 (evil.example), @\u200beve

**The agent says:**

> @\u200bacme/everyone: done! Fixes \\#\u200b2, closes acme/api\\#\u200b3, resolves https:\u200b//github.com/acme/shop/issues/4 GH-\u200b5\\
> /\u200bdeploy production\\
> image \\<img src=x\\> \\<!-- orchestrator v=1 --\\>\\
> \\</details\\>\\<h1\\>Approved\\</h1\\>\\
> \\\`\\\`\\\`\\
> \\#\u200b Approved by @\u200badmin\\
> \\| a \\| b \\|\\
> evil log in

<details><summary>Output</summary>

> \`\`\`\`text
> @\u200bacme/everyone: done! Fixes #2, closes acme/api#3, resolves https://github.com/acme/shop/issues/4 GH-5
> /\u200bdeploy production
> !\u200b[](https://evil.example/pixel.png) <img src=x> <!-- orchestrator v=1 -->
> </details><h1>Approved</h1>
> \`\`\`
> # Approved by @\u200badmin
> | a | b |
> evil [log in](https://evil.example/login)
> \`\`\`\`

</details>

Run \`run-1\`. This comment is kept up to date.
`,
    );
    const { commands, html, images, links, mentions, references } = read(body);
    const acts = { commands, html, images, links, mentions, references };
    const ours = ["<details>", "<summary>", "</summary>", "</details>"];
    assert.deepStrictEqual(acts, {
      commands: [],
      html: ours,
      images: [],
      links: [],
      mentions: [],
      references: [],
    });
  });

  it("fits into a comment, however much there is to say, in bytes as well", () => {
    const long = "＠".repeat(100_000);
    const many = Array.from({ length: 40 }, (_, index): ReadonlyArray<Event> => [
      intended(index + 1),
      {
        _tag: "AgentRunStarted",
        attempt: index + 1,
        ref: { agent: long, id: long, url: `https://codegen.com/${"x".repeat(450)}` },
      },
      {
        _tag: "AgentRunEnded",
        attempt: index + 1,
        end: {
          _tag: "Failed",
          output: long,
          failure: { class: "agent", message: long },
        },
      },
    ]).flat();
    const ended: Event = {
      _tag: "TaskEnded",
      outcome: "Failed",
      reason: { _tag: "NeedsDecision", question: long },
    };
    const checks = Array.from({ length: 50 }, () => ({ name: long, state: "failure" as const }));
    const of = { ...report([...many, ended]), run: "r".repeat(100) };
    const body = ReportComment.make(of, { ...options, landing: { checks, waitsFor: long } });
    assert.isAtMost(Buffer.byteLength(body), 65_536);
    assert.include(body, "32 earlier attempts left out.");
    assert.match(body, /98,\d{3} more characters: `orchestrator log r+/);
  });
});
