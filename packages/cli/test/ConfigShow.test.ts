import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { settings } from "../src/plan/PlanSettings.ts";
import * as Configs from "./support/Configs.ts";

/** The configuration that the original system documents. */
const original = `github:
  token: \${GITHUB_TOKEN}
  organization: acme
  repository: shop            # or acme/shop
  project_number: 1
  default_branch: main
  base_url: null
codegen:
  org_id: \${CODEGEN_ORG_ID}
  api_token: \${CODEGEN_API_TOKEN}
  base_url: null
agent:
  max_concurrent_agents: 10
  task_timeout_seconds: 600
  retry_attempts: 3
  retry_delay_seconds: 30
automation:
  auto_merge_on_success: false
  post_results_as_comment: true
  update_issue_status: true
  status_label_prefix: "status:"
logging_level: INFO
`;

const inJson = JSON.stringify({
  github: {
    token: "${GITHUB_TOKEN}",
    organization: "acme",
    repository: "shop",
    project_number: 1,
    default_branch: "main",
    base_url: null,
  },
  codegen: { org_id: "${CODEGEN_ORG_ID}", api_token: "${CODEGEN_API_TOKEN}", base_url: null },
  agent: {
    max_concurrent_agents: 10,
    task_timeout_seconds: 600,
    retry_attempts: 3,
    retry_delay_seconds: 30,
  },
  automation: {
    auto_merge_on_success: false,
    post_results_as_comment: true,
    update_issue_status: true,
    status_label_prefix: "status:",
  },
  logging_level: "INFO",
});

const environment = { GITHUB_TOKEN: "gh-1", CODEGEN_ORG_ID: "42", CODEGEN_API_TOKEN: "cg-1" };

/** The rows of a text, by key: value and origin. */
const rows = (out: string): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    out.split("\n").flatMap((line) => {
      const [key = "", ...rest] = line.split(/ {2,}/);
      return rest.length === 2 ? [[key, rest]] : [];
    }),
  );

describe("orchestrator config show", () => {
  it.effect.each([
    { how: "as it is written", files: { "orchestrator.yaml": original } },
    { how: "without remarks", files: { "orchestrator.yml": original.replace(/ +#.*/, "") } },
    { how: "with a byte order mark", files: { "orchestrator.yaml": `\ufeff${original}` } },
    {
      how: "with the line ends of Windows",
      files: { "orchestrator.yaml": original.replaceAll("\n", "\r\n") },
    },
    { how: "as JSON", files: { "orchestrator.json": inJson } },
    { how: "with a schema", files: { "orchestrator.yaml": `$schema: ./config.json\n${original}` } },
  ])(
    "accepts the configuration of the original system: $how",
    ({ files }: { readonly files: Readonly<Record<string, string>> }) =>
      Effect.gen(function* () {
        const shown = yield* Configs.show({ files, environment });
        expect(shown.problems).toEqual([]);
        expect(shown.warnings).toEqual([]);
        expect(rows(shown.out)["github.repository"]?.[0]).toBe("shop");
        const { agents, github } = yield* Effect.map(
          Configs.load({ files, environment }),
          (read) => ({
            agents: [read.concurrency, read.timeoutSeconds, read.retry],
            github: read.repository,
          }),
        );
        expect(agents).toEqual([10, 600, { attempts: 3, delaySeconds: 30 }]);
        expect(github).toBe("acme/shop");
      }),
  );

  it.effect("shows the limits of the original system as defaults, as runs have them", () =>
    Effect.gen(function* () {
      const shown = rows((yield* Configs.show({ files: { "orchestrator.yaml": "agent:\n" } })).out);
      expect(shown["agent.max_concurrent_agents"]).toEqual(["10", "default"]);
      expect(shown["agent.task_timeout_seconds"]).toEqual(["600", "default"]);
      expect(shown["agent.retry_attempts"]).toEqual(["3", "default"]);
      expect(shown["agent.retry_delay_seconds"]).toEqual(["30", "default"]);
      const none = { concurrency: Option.none(), mode: Option.none() };
      expect(settings(none, undefined, yield* Configs.load({})).concurrency).toBe(10);
    }),
  );

  it.effect("says of each value where it stands", () =>
    Effect.gen(function* () {
      const { out } = yield* Configs.show({
        files: { "team.yaml": original, "mine.json": '{\n"agent": { "retry_attempts": 1 } }' },
        config: ["team.yaml", "mine.json"],
        environment: { ...environment, ORCHESTRATOR_AGENT_RETRY_DELAY_SECONDS: "5" },
      });
      expect(out).toMatch(/^From team\.yaml, then mine\.json\n/);
      expect(rows(out)).toMatchObject({
        "github.token": ["***", "team.yaml:2:10 (${GITHUB_TOKEN})"],
        "github.organization": ["acme", "team.yaml:3:17"],
        "codegen.org_id": ["42", "CODEGEN_ORG_ID"],
        "codegen.api_token": ["***", "CODEGEN_API_TOKEN"],
        "agent.retry_attempts": ["1", "mine.json:2:30"],
        "agent.retry_delay_seconds": ["5", "ORCHESTRATOR_AGENT_RETRY_DELAY_SECONDS"],
        "automation.merge_method": ["squash", "default"],
      });
    }),
  );

  it.effect("gives programs every key, with values as they are and secrets hidden", () =>
    Effect.gen(function* () {
      const files = { "orchestrator.yaml": "automation:\n  hold_labels: [a, b]\n" };
      const one = { files, environment: { GITHUB_TOKEN: "gh-1" }, json: true };
      const { out } = yield* Configs.show(one);
      const { files: read, keys } = JSON.parse(out);
      const of = (name: string) => keys.find(({ key }: { key: string }) => key === name);
      expect(read).toEqual(["orchestrator.yaml"]);
      expect(of("automation.hold_labels")).toEqual({
        key: "automation.hold_labels",
        value: ["a", "b"],
        from: { kind: "file", file: "orchestrator.yaml", line: 2, column: 16, variables: [] },
        variable: "ORCHESTRATOR_AUTOMATION_HOLD_LABELS",
      });
      expect(of("github.token")).toMatchObject({
        value: "***",
        from: { kind: "variable", name: "GITHUB_TOKEN" },
      });
      expect(of("agent.retry_attempts").from).toEqual({ kind: "default" });
      expect(of("codegen.model")).toMatchObject({ value: null, from: null });
      expect(out).not.toContain("gh-1");
    }),
  );

  it.effect("shows the address that counts, also where a variable of the service gives it", () =>
    Effect.gen(function* () {
      const one = { environment: { GH_HOST: "ghe.test" }, allowHost: ["ghe.test"] };
      const { out, problems } = yield* Configs.show(one);
      expect(problems).toEqual([]);
      expect(rows(out)["github.base_url"]).toEqual(["https://ghe.test/api/v3", "GH_HOST"]);
      const files = { "orchestrator.yaml": "github: { repository: acme/shop }\n" };
      const refused = yield* Configs.show({
        files,
        environment: { GITHUB_API_URL: "https://x.test" },
      });
      expect(refused.problems).toEqual([expect.stringMatching(/^GITHUB_API_URL: .*x\.test/)]);
    }),
  );
});
