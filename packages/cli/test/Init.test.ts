import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import { GitHub } from "@orchestrator/fakes";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Config from "../src/config/Config.ts";
import * as FastClock from "../src/demo/FastClock.ts";
import * as GitIgnore from "../src/start/GitIgnore.ts";
import * as Init from "../src/start/Init.ts";
import * as Surroundings from "../src/start/Surroundings.ts";
import * as Screens from "./support/Screens.ts";

const unasked = { yes: true, force: false, local: false, json: false };

const world = {
  users: ["operator"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" as const },
      labels: ["ready"],
      issues: [{ title: "Design" }, { title: "Build", body: "Depends on #1" }],
    },
  ],
  projects: [{ owner: "acme", title: "Roadmap", fields: {}, items: [] }],
  tokens: [
    { token: "ghp_canary", kind: "classic", user: "operator", scopes: ["repo", "read:project"] },
  ],
} satisfies GitHub.GitHubOptions["world"];

/** A clone of a repository on a fake of GitHub. */
const cloned = Effect.fnUntraced(function* (options: Screens.Options = {}) {
  const fake = yield* Effect.acquireRelease(
    Effect.promise(() => GitHub.make({ world })),
    (made) => Effect.promise(() => made.close()),
  );
  const environment = { GITHUB_API_URL: fake.api, GITHUB_TOKEN: fake.token };
  const remotes = { origin: `${fake.url}/acme/shop.git` };
  const place = yield* Screens.make({ remotes, ...options, environment });
  const read = (name: string) => readFileSync(join(place.folder, name), "utf8");
  return { ...place, read };
});

describe("Init", () => {
  it.live("writes what it finds, no secret, and shows what would run", () =>
    Effect.gen(function* () {
      const place = yield* cloned();
      yield* place.run(Init.init(unasked));
      const text = place.read("orchestrator.yaml");
      expect(text).toMatch(/^# yaml-language-server: \$schema=https:\/\/\S+config\.json\n/);
      expect(text).toContain("  repository: acme/shop");
      expect(text).toContain("  default_branch: main");
      expect(text).toContain("1 Roadmap");
      expect(text).toContain("there are ready");
      expect(text).not.toContain("ghp_canary");
      expect(place.read(".gitignore")).toBe(
        "/.orchestrator/*\n!/.orchestrator/workflows/\n!/.orchestrator/project.json\n",
      );
      expect(place.out()).toMatch(/✓ orchestrator\.yaml written[^]*2 tasks can run[^]*Design/);
      const config = yield* place.run(Config.load(Surroundings.noFlags));
      expect(config).toMatchObject({ repository: "acme/shop", warnings: [] });
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("changes nothing when it comes again, and says so", () =>
    Effect.gen(function* () {
      const place = yield* cloned();
      yield* place.run(Init.init(unasked));
      writeFileSync(join(place.folder, "orchestrator.yaml"), "logging_level: DEBUG\n");
      yield* place.run(Init.init(unasked));
      expect(place.read("orchestrator.yaml")).toBe("logging_level: DEBUG\n");
      expect(place.read(".gitignore")).toBe(
        "/.orchestrator/*\n!/.orchestrator/workflows/\n!/.orchestrator/project.json\n",
      );
      expect(place.out()).toContain("orchestrator.yaml is there already and stays as it is");
      yield* place.run(Init.init({ ...unasked, force: true }));
      expect(place.read("orchestrator.yaml")).toContain("repository: acme/shop");
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("writes a plan for the agent that is there, and never over one", () =>
    Effect.gen(function* () {
      const remotes = {};
      const place = yield* cloned({ remotes, programs: { codex: "echo codex-cli 0.107.0" } });
      const local = { ...unasked, local: true };
      yield* place.run(Init.init(local));
      expect(place.read("plan.yaml")).toMatch(/agent: codex[^]*prompt: >-/);
      expect(place.out()).toMatch(/notes[^]*ideas[^]*git commit/);
      writeFileSync(join(place.folder, "plan.yaml"), "tasks: []\n");
      yield* place.run(Init.init({ ...local, json: true }));
      expect(place.read("plan.yaml")).toBe("tasks: []\n");
      expect(place.out()).toContain('"file": "plan.yaml",\n      "did": "kept"');
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live.each(["orchestrator.yaml", "plan.yaml", ".gitignore"])(
    "writes nothing through the link %s, wherever a repository lets it lead",
    (name) =>
      Effect.gen(function* () {
        const place = yield* Screens.make({ remotes: {} });
        const target = join(place.folder, "..", `target-of-${randomUUID()}`);
        symlinkSync(target, join(place.folder, name));
        const error = yield* Effect.flip(place.run(Init.init({ ...unasked, force: true })));
        expect(String(error)).toContain("it is a symbolic link");
        expect(existsSync(target)).toBe(false);
      }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );

  it.live("does without a network, a token and a remote", () =>
    Effect.gen(function* () {
      const origin = "http://127.0.0.1:1/acme/shop.git";
      const environment = { GITHUB_API_URL: "http://127.0.0.1:1", GITHUB_TOKEN: "ghp_x" };
      const silent = yield* Screens.make({ remotes: { origin }, environment });
      // Whoever waits for a network that is not there waits for some seconds.
      const hurried = Effect.provideService(Init.init(unasked), Clock.Clock, FastClock.make(20));
      yield* silent.run(hurried);
      expect(readFileSync(join(silent.folder, "orchestrator.yaml"), "utf8")).toContain("acme/shop");
      expect(silent.error()).toMatch(/^warning: .*Labels and boards are left out/);
      const local = yield* Screens.make({ remotes: {} });
      yield* local.run(Init.init(unasked));
      expect(local.out()).toMatch(/plan\.yaml written[^]*ideas/);
      const bare = yield* Screens.make({});
      yield* bare.run(Init.init(unasked));
      expect(bare.out()).toMatch(/orchestrator\.yaml written[^]*orchestrator demo$/);
      expect(existsSync(join(bare.folder, ".gitignore"))).toBe(false);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)),
  );
});

describe("GitIgnore", () => {
  it.each([
    ["", "/.orchestrator/*\n!/.orchestrator/workflows/\n!/.orchestrator/project.json\n"],
    ["dist", "dist\n/.orchestrator/*\n!/.orchestrator/workflows/\n!/.orchestrator/project.json\n"],
    [
      "dist\n",
      "dist\n/.orchestrator/*\n!/.orchestrator/workflows/\n!/.orchestrator/project.json\n",
    ],
    ["/.orchestrator/*\n", undefined],
    ["/.orchestrator\n", undefined],
    ["dist\r\n.orchestrator/\r\n", undefined],
  ])("adds the folder once to %j", (text, expected) => {
    expect(GitIgnore.added(text)).toBe(expected);
  });
});
