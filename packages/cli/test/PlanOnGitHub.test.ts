import { generateKeyPairSync } from "node:crypto";
import { chmodSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import type { GitHub as Fake } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as GitHub from "./support/GitHub.ts";

const plan = ["plan", "--repo", "acme/shop"] as const;

const planFile = "isolation: none\ntasks:\n  - { id: a, run: 'true' }\n";

/** The same world, with a board. */
const board = {
  ...GitHub.world,
  projects: [
    {
      owner: "acme",
      fields: { Status: ["Todo", "Done"] },
      items: [
        { issue: "acme/shop#1", values: { Status: "Todo" } },
        { issue: "acme/api#1", values: { Status: "Todo" } },
        { issue: "acme/shop#2", values: { Status: "Done" } },
      ],
    },
  ],
} satisfies Fake.GitHubOptions["world"];

const guideFile = new URL("../../../docs/guides/github.md", import.meta.url);

/** When points are given anew depends on the hour. */
const withoutTimes = (text: string): string => text.replaceAll(/\d\d:\d\d UTC/g, "00:00 UTC");

const idsOf = (out: string): ReadonlyArray<string> =>
  JSON.parse(out).tasks.map(({ id }: { readonly id: string }) => id);

// Each has a folder and a service of its own, and waits for processes most of its time.
describe("orchestrator plan on GitHub", { timeout: 120_000, concurrent: true }, () => {
  it.live("shows what runs, what does not and why, and what it cost, as the guide says", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene();
      const { code, error, out } = yield* folder.run(...plan);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      const guide = readFileSync(guideFile, "utf8");
      const [, shown = ""] = /```text\n(acme\/shop issues\n[^]*?)```/.exec(guide)!;
      expect(withoutTimes(out)).toBe(withoutTimes(shown));
      const whole = yield* folder.run(...plan, "--verbose");
      expect(whole.out).toMatch(/^ {2}issues\.list +1 request, 1 REST$/m);
      expect(yield* folder.names()).toEqual([]);
      expect(folder.fake.violations()).toEqual([]);
    }),
  );

  it.live("gives all of it as JSON", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene();
      const { code, error, out } = yield* folder.run(...plan, "--format", "json");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      const outline = JSON.parse(out);
      const byNumber = (number: number) =>
        outline.tasks.find((task: { readonly number: number }) => task.number === number);
      expect(outline).toMatchObject({
        plan: "acme/shop issues",
        file: null,
        sources: ["acme/shop issues"],
        waves: [["acme/shop#1", "acme/shop#10"], ["acme/shop#2"], ["acme/shop#3"]],
        criticalPath: ["acme/shop#1", "acme/shop#2", "acme/shop#3"],
        startsFirst: ["acme/shop#1", "acme/shop#10"],
        untrusted: ["acme/shop#8"],
        blocked: ["acme/shop#4", "acme/shop#5", "acme/shop#6", "acme/shop#7"],
        launches: 4,
        ledger: { requests: expect.any(Number), operations: expect.any(Array) },
      });
      expect(byNumber(2)).toMatchObject({
        id: "acme/shop#2",
        title: "Write the API",
        url: expect.stringMatching(/acme\/shop\/issues\/2$/),
        state: "open",
        trusted: true,
        wave: 2,
        blocked: null,
        dependencies: [
          { on: "acme/shop#1", gate: "merged", source: "body line 1", satisfied: false },
        ],
      });
      expect(byNumber(10).dependencies).toMatchObject([
        { on: "acme/shop#9", satisfied: true, status: "done" },
      ]);
      expect(byNumber(8)).toMatchObject({ trusted: false, wave: null });
      const kinds = outline.problems.map(({ kind }: { readonly kind: string }) => kind);
      expect(kinds).toEqual(
        expect.arrayContaining(["Cycle", "MissingDependency", "OutsideDependency"]),
      );
    }),
  );

  it.live("draws it, with problems on standard error, and writes it as a page", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene();
      const dot = yield* folder.run(...plan, "--format", "dot");
      expect(dot.code).toBe(0);
      expect(dot.out).toMatch(/^digraph plan \{\n[^]*acme\/api#1[^]*outside the plan[^]*\n\}\n$/);
      expect(dot.error).toMatch(/^error: .*acme\/shop#999/m);
      const html = yield* folder.run(...plan, "--format", "html");
      expect(html).toMatchObject({ code: 0, error: "" });
      expect(html.out).toMatch(/^<!doctype html>[^]*<h2>Wave 3 \(1\)<\/h2>[^]*<\/html>\n$/);
    }),
  );

  it.live("takes open issues in that others wait for, if asked", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene();
      const { code, out } = yield* folder.run(...plan, "--with-dependencies", "--format", "json");
      expect(code).toBe(0);
      expect(idsOf(out)).toContain("acme/api#1");
      expect(JSON.parse(out).blocked).not.toContain("acme/shop#4");
    }),
  );

  it.live(
    "reads the issues of a clone without any configuration, with the token that gh keeps",
    () =>
      Effect.gen(function* () {
        const gh = `[ "$1 $2 $3 $4" = "auth token --hostname $(cat "$HOME/host")" ] && cat "$HOME/kept"`;
        const folder = yield* GitHub.scene({ environment: { GITHUB_TOKEN: "" }, gh });
        const { host } = new URL(folder.fake.url);
        yield* folder.clone({ origin: `${folder.fake.url}/acme/shop.git` });
        const without = yield* folder.run("plan");
        expect(without.code).toBe(66);
        expect(without.error).toContain(`The remote origin is acme/shop on ${host}, whose issues`);
        expect(without.error).toContain("gh auth login");
        yield* folder.write("host", host);
        yield* folder.write("kept", `${folder.fake.token}\n`);
        const { code, error, out } = yield* folder.run("plan");
        expect({ code, error }).toEqual({
          code: 0,
          error: "Issues of acme/shop, which the remote origin names.\n",
        });
        expect(out).toMatch(/^acme\/shop issues\n9 issues/);
        expect(out + error).not.toContain(folder.fake.token);
      }),
  );

  it.live("prefers a plan file here, and says how to see the issues", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene({ files: { "plan.yaml": planFile } });
      yield* folder.clone({ origin: "git@github.com:acme/shop.git" });
      const { code, error, out } = yield* folder.run("plan");
      expect(code).toBe(0);
      expect(out).toMatch(/^plan\n1 task/);
      expect(error).toBe(
        "The plan is plan.yaml. For the issues of GitHub: orchestrator plan --repo acme/shop\n",
      );
      const named = yield* folder.run("plan", "plan.yaml");
      expect(named).toMatchObject({ code: 0, error: "" });
      const both = yield* folder.run("plan", "plan.yaml", "--repo", "acme/shop");
      expect(both.code).toBe(2);
      expect(both.error).toContain("a plan file and --repo are two plans");
      expect(folder.fake.summary().requests).toEqual({});
    }),
  );

  it.live("reads what a configuration names: the board alone, unless issues are asked for", () =>
    Effect.gen(function* () {
      const section = "github:\n  organization: acme\n  repository: shop\n  project_number: 1\n";
      const folder = yield* GitHub.scene({
        world: board,
        files: {
          "board.yaml": section,
          "both.yaml": `${section}  issues: { labels: ["priority:high"] }\n`,
          "done.yaml": "github: { project: { owner: acme, number: 1, status: [Done] } }\n",
        },
      });
      const read = (file: string) =>
        Effect.map(folder.run("plan", "--config", file, "--format", "json"), ({ out }) =>
          idsOf(out),
        );
      expect(yield* read("board.yaml")).toEqual(["acme/shop#1", "acme/api#1", "acme/shop#2"]);
      expect(yield* read("done.yaml")).toEqual(["acme/shop#2"]);
      const both = yield* folder.run("plan", "--config", "both.yaml");
      expect(both.out).toContain("Sources: acme project 1; acme/shop issues\n3 issues: ");
    }),
  );

  it.live("acts as an App, whose key nobody else may read", () =>
    Effect.gen(function* () {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
      });
      const permissions = { issues: "read", metadata: "read" } as const;
      const installation = { id: 7, owner: "acme", permissions };
      const apps = [{ id: 12, slug: "planner", publicKey, installation }];
      const folder = yield* GitHub.scene({
        world: { ...GitHub.world, apps },
        environment: { GITHUB_TOKEN: "" },
        files: {
          "config.yaml":
            "github: { app_id: 12, private_key_file: app.pem, repository: acme/shop }\n",
          "app.pem": privateKey,
        },
      });
      const read = folder.run("plan", "--config", "config.yaml");
      const open = yield* read;
      expect(open.code).toBe(78);
      expect(open.error).toMatch(
        /github\.private_key_file: \S+app\.pem may be read by other users\. .*chmod 600/,
      );
      chmodSync(folder.file("app.pem"), 0o600);
      const { code, error, out } = yield* read;
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toMatch(/^acme\/shop issues\n9 issues/);
      unlinkSync(folder.file("app.pem"));
      const gone = yield* read;
      expect(gone.code).toBe(78);
      expect(gone.error).toMatch(/app\.pem cannot be read/);
    }),
  );

  it.live("says of each mistake in the section where it is", () =>
    Effect.gen(function* () {
      const section = [
        "github:",
        "  repository: shop",
        "  issues: { state: opne, labels: ready, lables: [x] }",
        "  base_url: https://ghe.test/api/v3",
        "  dependencies: { milestones: maybe }",
      ];
      const folder = yield* GitHub.scene({ files: { "config.yaml": `${section.join("\n")}\n` } });
      const { code, error } = yield* folder.run("plan", "--config", "config.yaml");
      expect(code).toBe(78);
      expect(error).toMatch(
        /config\.yaml:3:20 {2}github\.issues\.state: expected open, closed or all; found "opne"/,
      );
      // A key that is wrong does not hide values that are.
      expect(error).toMatch(
        /config\.yaml:3:41 {2}github\.issues\.lables: .*did you mean "labels"\?/,
      );
      expect(error).toMatch(/config\.yaml:3:34 {2}github\.issues\.labels: expected a list/);
      expect(error).toMatch(/config\.yaml:5:31 {2}github\.dependencies\.milestones: expected true/);
      yield* folder.write("config.yaml", `${[section[0], section[1], section[3]].join("\n")}\n`);
      const next = yield* folder.run("plan", "--config", "config.yaml");
      expect(next.error).toMatch(/config\.yaml:2:15 {2}github\.repository: has no owner/);
      expect(next.error).toMatch(/config\.yaml:3:13 {2}github\.base_url: .*not an allowed host/);
    }),
  );

  it.live("asks again for free where runs are kept, and keeps answers for their owner only", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene({ files: { "plan.yaml": planFile } });
      expect((yield* folder.run("run")).code).toBe(0);
      const ledger = (out: string) => JSON.parse(out).ledger;
      const cold = yield* folder.run(...plan, "--format", "json");
      expect(ledger(cold.out)).toMatchObject({ unchanged: 0, rest: 1 });
      const warm = yield* folder.run(...plan, "--format", "json");
      expect(ledger(warm.out)).toMatchObject({ unchanged: 1, rest: 0 });
      expect(JSON.parse(warm.out).tasks).toEqual(JSON.parse(cold.out).tasks);
      const cache = folder.file(".orchestrator/cache/github");
      expect(statSync(cache).mode & 0o777).toBe(0o700);
      const files = yield* folder.names(".orchestrator/cache/github");
      expect(files).not.toEqual([]);
      for (const file of files) {
        const kept = yield* folder.read(`.orchestrator/cache/github/${file}`);
        expect(kept).not.toContain(folder.fake.token);
      }
    }),
  );

  it.live("says the same when answers fail on the way and limits are reached", () =>
    Effect.gen(function* () {
      const calm = yield* GitHub.scene();
      const faults = [
        ["issues.list", 1, { kind: "html", status: 502 }],
        ["issues.list", 2, { kind: "reset" }],
        ["issues.list", 3, { kind: "malformed" }],
        ["graphql", 1, { kind: "refusal", name: "secondary" }],
        ["graphql", 2, { kind: "truncated" }],
      ] as const;
      const shaken = yield* GitHub.scene({
        factor: 30,
        faults: faults.map(([on, calls, fault]) => ({ on, calls, fault })),
      });
      const wanted = JSON.parse((yield* calm.run(...plan, "--format", "json")).out);
      const { code, error, out } = yield* shaken.run(...plan, "--format", "json");
      expect(code).toBe(0);
      expect(error).toMatch(/^GitHub asks to wait \d.* before it is asked for .*\n$/);
      const found = JSON.parse(out);
      expect({ ...found, ledger: 0 }).toEqual({ ...wanted, ledger: 0 });
      expect(found.ledger.repeated).toBeGreaterThanOrEqual(5);
    }),
  );

  it.live("names the permission that a token lacks, and whose token it is", () =>
    Effect.gen(function* () {
      const tokens = [
        { token: "github_pat_weak", kind: "fine-grained", user: "operator", permissions: {} },
      ] as const;
      const repos = [{ name: "acme/shop", private: true, issues: [{}] }];
      const folder = yield* GitHub.scene({ world: { ...GitHub.world, repos, tokens } });
      const { code, error, out } = yield* folder.run(...plan);
      expect({ code, out }).toEqual({ code: 69, out: "" });
      expect(error).toMatch(/issues=read|Issues: read/);
      expect(error).toContain("(The token is that of GITHUB_TOKEN.)");
      expect(error).not.toContain("github_pat_weak");
      const wrong = yield* folder.run("plan", "--repo", "acme/none");
      expect(wrong.code).toBe(66);
    }),
  );

  it.live("says what is missing: a token, a plan, an allowed host", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene({ environment: { GITHUB_TOKEN: "" } });
      const unsigned = yield* folder.run(...plan);
      expect(unsigned.code).toBe(78);
      expect(unsigned.error).toMatch(/no token for 127\.0\.0\.1:\d+\. Set GITHUB_TOKEN/);
      const nothing = yield* folder.run("plan");
      expect(nothing.code).toBe(66);
      expect(nothing.error).toContain("orchestrator plan --repo owner/name");
      const run = yield* folder.run("run");
      expect(run.code).toBe(66);
      yield* folder.clone({ origin: "git@github.com:acme/shop.git" });
      const elsewhere = yield* folder.run("plan");
      expect(elsewhere.error).toMatch(
        /The remote origin is on github\.com, and the API that is asked is that of 127\.0\.0\.1:\d+/,
      );
      const other = yield* GitHub.scene({ environment: { GITHUB_API_URL: "https://ghe.test" } });
      const refused = yield* other.run(...plan);
      expect(refused.code).toBe(78);
      expect(refused.error).toMatch(/GITHUB_API_URL: .*ghe\.test.* is not an allowed host/);
      const malformed = yield* folder.run("plan", "--repo", "shop");
      expect(malformed.code).toBe(2);
    }),
  );

  it.live("asks the server of a remote only once its host is allowed", () =>
    Effect.gen(function* () {
      const folder = yield* GitHub.scene({ environment: { GITHUB_API_URL: "" }, factor: 30 });
      yield* folder.clone({ origin: "ssh://git@ghe.invalid:2222/acme/shop.git" });
      const before = yield* folder.run("plan");
      expect(before.code).toBe(66);
      expect(before.error).toContain("orchestrator plan --allow-host ghe.invalid");
      // There is no such server: that it was asked for is what it fails with.
      const allowed = yield* folder.run("plan", "--allow-host", "ghe.invalid");
      expect(allowed.code).toBe(69);
      expect(allowed.error).toMatch(
        /^Issues of acme\/shop, which the remote origin names\.\n[^]*ghe\.invalid/,
      );
    }),
  );

  it.live("takes no notice of what a title would do to a terminal or to a page", () =>
    Effect.gen(function* () {
      const title = "\u001b[2J\u202eevil <script>alert(1)</script>";
      const repos = [
        { name: "acme/shop", permissions: { operator: "admin" as const }, issues: [{ title }] },
      ];
      const folder = yield* GitHub.scene({ world: { ...GitHub.world, repos } });
      for (const format of ["text", "json", "mermaid", "dot", "html"]) {
        const { code, out } = yield* folder.run(...plan, "--format", format);
        expect(code).toBe(0);
        expect(out).toContain("evil");
        expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
        if (format === "html") expect(out).not.toContain("<script");
      }
    }),
  );
});
