import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as Configs from "./support/Configs.ts";

const retries = (count: number) => `agent: { retry_attempts: ${count} }\n`;

const attempts = (one: Configs.Case) =>
  Effect.map(Configs.load(one), ({ retry }) => retry.attempts);

describe("the places of a configuration", () => {
  it.effect("count in this order: the last file, the files before it; variables before all", () =>
    Effect.gen(function* () {
      const files = { "a.yaml": retries(1), "b.yaml": retries(2) };
      expect(yield* attempts({ files, config: ["a.yaml", "b.yaml"] })).toBe(2);
      expect(yield* attempts({ files, config: ["b.yaml", "a.yaml"] })).toBe(1);
      const environment = { ORCHESTRATOR_AGENT_RETRY_ATTEMPTS: "7" };
      expect(yield* attempts({ files, config: ["a.yaml"], environment })).toBe(7);
      expect(yield* attempts({ environment })).toBe(7);
    }),
  );

  it.effect("are merged key by key, lists are replaced, and null takes a value back", () =>
    Effect.gen(function* () {
      const files = {
        "a.yaml":
          "automation: { hold_labels: [a, b], lease: false, drafts: true }\nagent: { retry_attempts: 4 }\n",
        "b.yaml": "automation: { hold_labels: [c], lease: null }\nagent:\n",
      };
      const read = yield* Configs.load({ files, config: ["a.yaml", "b.yaml"] });
      expect(read.automation).toMatchObject({
        hasLease: true,
        landing: { holdLabels: ["c"], drafts: true },
      });
      expect(read.retry.attempts).toBe(4);
    }),
  );

  it.effect("may leave a variable out that a later place makes needless", () =>
    Effect.gen(function* () {
      const files = {
        "a.yaml": "agent: { retry_attempts: '${TRIES}' }\n",
        "b.yaml": retries(2),
      };
      expect(yield* attempts({ files, config: ["a.yaml", "b.yaml"] })).toBe(2);
      const environment = { ORCHESTRATOR_AGENT_RETRY_ATTEMPTS: "3" };
      expect(yield* attempts({ files, config: ["a.yaml"], environment })).toBe(3);
      const alone = yield* Effect.result(Configs.load({ files, config: ["a.yaml"] }));
      expect(Result.isFailure(alone)).toBe(true);
    }),
  );

  it.effect("are told by the file in which a value stands that is wrong only together", () =>
    Effect.gen(function* () {
      const files = {
        "a.yaml": "github:\n  base_url: https://ghe.test/api/v3\n",
        "b.yaml": "github:\n  repository: acme/shop\n",
      };
      const { problems } = yield* Configs.show({ files, config: ["a.yaml", "b.yaml"] });
      expect(problems).toEqual([expect.stringMatching(/^a\.yaml:2:13 {2}github\.base_url: /)]);
    }),
  );

  it.effect("lets our variable go before that of the service", () =>
    Effect.gen(function* () {
      const environment = {
        CODEGEN_ORG_ID: "1",
        CODEGEN_API_TOKEN: "x",
        ORCHESTRATOR_CODEGEN_ORG_ID: "2",
        GITHUB_API_URL: "https://wrong.test",
        ORCHESTRATOR_GITHUB_BASE_URL: "https://api.github.com",
      };
      const { codegen, github } = yield* Configs.load({ environment });
      expect(Result.getOrThrow(codegen!).orgId).toBe(2);
      expect(Result.getOrThrow(github!).baseUrl).toBe("https://api.github.com");
    }),
  );

  it.effect("send a token to no host that only a file or a variable of a key names", () =>
    Effect.gen(function* () {
      const environment = { ORCHESTRATOR_GITHUB_BASE_URL: "https://ghe.test/api/v3" };
      const { problems } = yield* Configs.show({ environment });
      expect(problems).toEqual([
        expect.stringMatching(
          /^ORCHESTRATOR_GITHUB_BASE_URL {2}github\.base_url: .*not an allowed host/,
        ),
      ]);
      const allowed = { ...environment, ORCHESTRATOR_ALLOWED_HOSTS: "ghe.test" };
      expect((yield* Configs.show({ environment: allowed })).problems).toEqual([]);
    }),
  );
});

describe("a configuration that nobody named", () => {
  it.effect("is that of the folder, or of the nearest one up to the top of the clone", () =>
    Effect.gen(function* () {
      const clone = { "repo/.git/HEAD": "", "repo/src/x": "" };
      const top = { "repo/orchestrator.yml": retries(1), "orchestrator.yaml": retries(9) };
      expect(yield* attempts({ files: { ...clone, ...top }, in: "repo/src" })).toBe(1);
      const above = { ...clone, "orchestrator.yaml": retries(9) };
      expect(yield* attempts({ files: above, in: "repo/src" })).toBeUndefined();
      const outside = { "orchestrator.yaml": retries(9), "src/x": "" };
      expect(yield* attempts({ files: outside, in: "src" })).toBeUndefined();
    }),
  );

  it.effect("counts for nothing where nothing is to be configured", () =>
    Effect.gen(function* () {
      const files = { "orchestrator.yaml": "wrong: true\n" };
      const environment = { ORCHESTRATOR_AGENT_RETRY_ATTEMPTS: "7" };
      expect(yield* attempts({ files, environment, isAlone: true })).toBeUndefined();
    }),
  );

  it.effect("is one file: others beside it are told of", () =>
    Effect.gen(function* () {
      const files = { "orchestrator.yaml": retries(1), "orchestrator.json": "{}" };
      const { warnings } = yield* Configs.show({ files });
      expect(warnings).toEqual([
        "warning: orchestrator.json is not read, because orchestrator.yaml is there; remove one, or name both: --config",
      ]);
    }),
  );

  it.effect("may take what it may not once it is named", () =>
    Effect.gen(function* () {
      const files = { "orchestrator.yaml": "github: { token: '${MY_PAT}' }\n" };
      const one = { files, environment: { MY_PAT: "x" } };
      expect((yield* Configs.show(one)).problems).toHaveLength(1);
      expect((yield* Configs.show({ ...one, config: ["orchestrator.yaml"] })).problems).toEqual([]);
    }),
  );

  it.effect("sends no file from elsewhere to a service, wherever links lead", () =>
    Effect.gen(function* () {
      const files = {
        "repo/orchestrator.yaml": "codegen: { org_id: 1, api_token: x, prompt_file: p.md }\n",
        "secret.md": "{{prompt}}",
      };
      const before = (folder: string) =>
        symlinkSync("../secret.md", path.join(folder, "repo/p.md"));
      const { problems } = yield* Configs.show({ files, before, in: "repo" });
      expect(problems).toEqual([expect.stringContaining("lies outside of the folder")]);
    }),
  );
});

describe("a configuration file", () => {
  it.effect("of whatever size or kind is refused before it is read", () =>
    Effect.gen(function* () {
      const before = (folder: string) => {
        writeFileSync(path.join(folder, "large.yaml"), "");
        truncateSync(path.join(folder, "large.yaml"), 100 * 1024 * 1024);
        symlinkSync("/dev/zero", path.join(folder, "zero.json"));
        mkdirSync(path.join(folder, "folder.yaml"));
      };
      const names = ["large.yaml", "zero.json", "folder.yaml", "/dev/zero"];
      const { problems } = yield* Configs.show({ before, config: names });
      expect(problems).toEqual([
        "large.yaml  the file has 104857600 bytes; at most 262144 are read; split it",
        "zero.json  this is a pipe or a device; name a regular file",
        "folder.yaml  this is a folder; name the configuration file in it",
        "/dev/zero  a configuration file must end in .yaml, .yml or .json; rename it",
      ]);
    }),
  );

  it.effect("with a token that others may read is warned about", () =>
    Effect.gen(function* () {
      const files = { "orchestrator.yaml": "github: { token: abc }\n" };
      const as = (mode: number) => (folder: string) =>
        chmodSync(path.join(folder, "orchestrator.yaml"), mode);
      expect((yield* Configs.show({ files, before: as(0o600) })).warnings).toEqual([]);
      expect((yield* Configs.show({ files, before: as(0o644) })).warnings).toEqual([
        "warning: orchestrator.yaml holds a token and other users may read it (mode 644). Take it from a variable (token: ${GITHUB_TOKEN}), or: chmod 600 orchestrator.yaml",
      ]);
    }),
  );
});
