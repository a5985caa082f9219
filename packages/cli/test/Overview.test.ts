import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as ExitCode from "../src/ExitCode.ts";
import * as Config from "../src/config/Config.ts";
import * as Overview from "../src/start/Overview.ts";
import type { Surroundings } from "../src/start/Surroundings.ts";
import * as NextStep from "../src/view/NextStep.ts";
import * as Screens from "./support/Screens.ts";

const overview = Effect.fnUntraced(function* (options: Screens.Options) {
  const place = yield* Screens.make(options);
  yield* place.run(Overview.show({ json: false }));
  return place.out();
}, Effect.provide(NodeServices.layer));

const shop = { origin: "git@github.com:acme/shop.git" };

describe("Overview", () => {
  it.live("says outside of a clone that this is none, and ends with the demo", () =>
    Effect.gen(function* () {
      const text = yield* overview({});
      expect(text).toMatch(/– git +not in a git repository/);
      expect(text).toMatch(/\n {2}orchestrator demo$/);
    }),
  );

  it.live("finds the repository, the token and the agents, and ends with init", () =>
    Effect.gen(function* () {
      const text = yield* overview({
        remotes: shop,
        environment: { GITHUB_TOKEN: "ghp_never_shown" },
        programs: { claude: "echo '2.1.160 (Claude Code)'" },
      });
      expect(text).toMatch(/✓ git +.*, branch main/);
      expect(text).toMatch(/✓ github +acme\/shop on github\.com, as the remote origin says/);
      expect(text).toMatch(/✓ token +of GITHUB_TOKEN/);
      expect(text).toMatch(/✓ agents +claude 2\.1\.160/);
      expect(text).toMatch(/\n {2}orchestrator init$/);
      expect(text).not.toContain("ghp_never_shown");
    }),
  );

  it.live("tells programs the same as JSON, and takes no flag from another command", () =>
    Effect.gen(function* () {
      const environment = { GITHUB_TOKEN: "ghp_never_shown" };
      const programs = { claude: "echo '2.1.160 (Claude Code)'" };
      const place = yield* Screens.make({ remotes: shop, environment, programs });
      yield* place.call("--json");
      expect(place.out()).not.toContain("ghp_never_shown");
      expect(JSON.parse(place.out())).toMatchObject({
        folder: place.folder,
        git: { root: place.folder, branch: "main" },
        github: {
          host: "github.com",
          repository: "acme/shop",
          remote: "origin",
          token_from: "GITHUB_TOKEN",
        },
        agents: [{ name: "claude", version: "2.1.160" }],
        configuration: { files: [], problems: [] },
        plan: null,
        runs: 0,
        open_runs: [],
        next: { what: "Next, set it up", command: "orchestrator init" },
      });
      const plan = "isolation: none\ntasks:\n  - { id: a, run: echo }\n";
      const other = yield* Screens.make({ files: { "plan.yaml": plan } });
      yield* other.call("plan", "--json");
      expect(JSON.parse(other.out())).toHaveProperty("tasks");
      expect(ExitCode.ofExit(yield* other.call("--json", "plan"))).toBe(2);
      expect(other.error()).toContain("unknown-flag");
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live(
    "takes a plan file outside of a clone, and a configuration that is wrong for what it is",
    () =>
      Effect.gen(function* () {
        const plan = "isolation: none\ntasks:\n  - { id: a, run: echo }\n";
        expect(yield* overview({ files: { "plan.yaml": plan } })).toMatch(
          /\n {2}orchestrator run plan\.yaml$/,
        );
        const text = yield* overview({
          remotes: shop,
          files: { "orchestrator.yaml": "workers: {}\n" },
        });
        expect(text).toMatch(/– configuration +.*orchestrator\.yaml/);
        expect(text).toMatch(/\n {2}orchestrator doctor$/);
      }),
  );
});

const clone = { root: "/r", branch: "main", hasCommits: true, remotes: [] };
const github = {
  host: "github.com",
  repository: "acme/shop",
  remote: "origin",
  token: "GITHUB_TOKEN",
  target: undefined,
};
const config = { ...Config.none, files: ["/r/orchestrator.yaml"] };
const seen = (more: Partial<Surroundings> = {}): Surroundings => ({
  folder: "/r",
  clone,
  github,
  agents: [],
  config: Result.succeed(config),
  plan: undefined,
  runs: 0,
  open: [],
  ...more,
});

const invalid = new Config.ConfigInvalid({ problems: [] });
/** Something asks for Codegen, whatever comes of it. */
const codegen = Result.fail(invalid);
const run = { id: "r1", standing: "interrupted", held: 0 } as const;

describe("NextStep", () => {
  it.each<[string, Partial<Surroundings>, string]>([
    ["a decision first", { open: [run, { ...run, id: "r0", held: 2 }] }, "held r0"],
    ["then the run at work", { open: [{ ...run, standing: "running" }] }, "status r1 --watch"],
    ["then the run that was left", { open: [run], plan: "plan.yaml" }, "resume r1"],
    ["what is wrong", { config: Result.fail(invalid) }, "doctor"],
    [
      "a first commit",
      { plan: "plan.yaml", clone: { ...clone, hasCommits: false } },
      "commit --allow-empty -m Start",
    ],
    ["the plan, before the first run", { plan: "plan.yaml" }, "plan"],
    ["the run, once there were some", { plan: "plan.yaml", runs: 3 }, "run"],
    ["a token", { github: { ...github, token: undefined } }, "auth login --hostname github.com"],
    ["an agent for issues", {}, "init --local"],
    [
      "the issues, with an agent for them",
      { config: Result.succeed({ ...config, codegen }) },
      "plan",
    ],
    [
      "the issues, with an agent of this machine for them",
      { config: Result.succeed({ ...config, agents: { claude: {} } }) },
      "plan",
    ],
    [
      "a plan file without a repository",
      { github: { ...github, repository: undefined } },
      "init --local",
    ],
    ["init without a configuration", { config: Result.succeed(Config.none) }, "init"],
  ])("names %s", (_, more, words) => {
    expect(NextStep.of(seen(more)).words.join(" ")).toBe(words);
  });
});
