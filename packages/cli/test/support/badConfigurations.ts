/** Configurations that cannot be used, with all that is said about each. */
import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import * as path from "node:path";
import type { Case } from "./Configs.ts";

export interface BadConfiguration extends Case {
  readonly name: string;
}

const token = `ghp_${"0123456789abcdef".repeat(2)}`;

const yaml = (name: string, text: string, more: Partial<Case> = {}): BadConfiguration => ({
  name,
  files: { "orchestrator.yaml": text },
  ...more,
});

const json = (name: string, text: string): BadConfiguration => ({
  name,
  files: { "orchestrator.json": text },
});

const bytes = (name: string, content: ReadonlyArray<number>): BadConfiguration => ({
  name,
  files: { "orchestrator.yaml": new Uint8Array(content) },
});

const variables = (name: string, environment: Readonly<Record<string, string>>) => ({
  name,
  environment,
});

/** Aliases that stand for 10 to the power of 7 values. */
const bomb = [
  "a0: &a0 [x, x, x, x, x, x, x, x, x, x]",
  ...Array.from({ length: 6 }, (_, index) => {
    const items = Array.from({ length: 10 }, () => `*a${index}`).join(", ");
    return `a${index + 1}: &a${index + 1} [${items}]`;
  }),
].join("\n");

const utf16 = [0xff, 0xfe, ...Array.from("agent:\n").flatMap((one) => [one.charCodeAt(0), 0])];

export const badConfigurations: ReadonlyArray<BadConfiguration> = [
  yaml("an unknown section", "agnet: {}\n"),
  yaml("an unknown key", "github:\n  repositry: acme/shop\n"),
  yaml("an unknown key, deep inside", "github:\n  sources:\n    - project: { nmber: 1 }\n"),
  yaml("a number that is too small", "agent:\n  max_concurrent_agents: 0\n"),
  yaml("a text for a number", "agent:\n  retry_attempts: many\n"),
  yaml("a text for a truth value", "automation:\n  update_issue_status: often\n"),
  yaml("a misspelt word", "automation:\n  merge_method: squahs\n"),
  yaml("a text for a list", "automation:\n  hold_labels: hold\n"),
  yaml("a list for a mapping", "github:\n  issues: [ready]\n"),
  yaml("a text for a section", "agent: 10\n"),
  yaml("a list for everything", "- agent\n"),
  yaml("nothing", "# later\n"),
  yaml("a level that is none", "logging_level: info\n"),
  yaml("a key that is given twice", "agent:\n  retry_attempts: 1\n  retry_attempts: 2\n"),
  yaml("a key that reaches into objects", "agent:\n  __proto__: { retry_attempts: 1 }\n"),
  yaml("a tab", "agent:\n\tretry_attempts: 1\n"),
  yaml("a bracket that is not closed", "automation:\n  hold_labels: [hold\n"),
  yaml("a tag", "github:\n  token: !env GITHUB_TOKEN\n"),
  yaml("two documents", "agent: {}\n---\nagent: {}\n"),
  yaml("aliases that multiply", bomb),
  yaml("brackets without end", "agent: " + "[".repeat(20_000)),
  yaml("65 levels", `${"[".repeat(65)}${"]".repeat(65)}`),
  yaml("a NUL", 'github:\n  repository: "acme/shop\\0"\n'),
  yaml("more than anybody writes", `agent: "${"x".repeat(300_000)}"`),
  bytes("UTF-16", utf16),
  bytes("what is no UTF-8", [0x61, 0x3a, 0x20, 0xe9, 0x0a]),
  json("a comma too many", '{\n  "agent": { "retry_attempts": 1, }\n}\n'),
  json("a comment in JSON", '{\n  // ours\n  "agent": {}\n}\n'),
  yaml("a variable that is not set", "codegen:\n  org_id: ${CODEGEN_ORG_ID}\n"),
  yaml("a reference that is none", "github:\n  token: ${1}\n"),
  yaml("a token that is missing", "codegen:\n  org_id: 42\n"),
  yaml("a host that nobody allowed", "github:\n  base_url: https://ghe.test/api/v3\n"),
  yaml("an address without encryption", "codegen:\n  base_url: http://codegen.test\n", {
    environment: { CODEGEN_ORG_ID: "1", CODEGEN_API_TOKEN: "x" },
  }),
  yaml("a token beside an App", "github:\n  token: ${GITHUB_TOKEN}\n  app_id: 1\n", {
    environment: { GITHUB_TOKEN: token },
  }),
  yaml("a token in the wrong place", `github:\n  repository: ${token}\n`),
  yaml("a colon that was forgotten", `github:\n  token ${token}\n`),
  yaml("another's variable in a file that came with a clone", "github:\n  token: ${AWS_KEY}\n"),
  yaml(
    "a secret that a file of a clone would publish",
    "automation:\n  status_label_prefix: ${GITHUB_TOKEN}\n",
    { environment: { GITHUB_TOKEN: token } },
  ),
  yaml("a prompt from elsewhere", "codegen: { org_id: 1, prompt_file: ../../etc/hosts }\n", {
    environment: { CODEGEN_API_TOKEN: "x" },
  }),
  yaml("a token that everybody may replace", `github:\n  token: ${token}\n`, {
    before: (folder) => chmodSync(path.join(folder, "orchestrator.yaml"), 0o666),
  }),
  {
    name: "a mistake in each of two files",
    files: { "team.yaml": "agent: { retries: 3 }\n", "mine.json": '{ "automations": {} }' },
    config: ["team.yaml", "mine.json"],
  },
  { name: "a file that is not there", config: ["none.yaml"] },
  { name: "a file of another kind", files: { "a.toml": "x = 1" }, config: ["a.toml"] },
  {
    name: "a pipe",
    config: ["pipe.yaml"],
    before: (folder) => void execFileSync("mkfifo", ["pipe.yaml"], { cwd: folder }),
  },
  variables("a wrong variable", { ORCHESTRATOR_AGENT_RETRY_ATTEMPTS: "many" }),
  variables("a variable that is no list", { ORCHESTRATOR_AUTOMATION_HOLD_LABELS: '["a", ]' }),
  variables("a variable with a key too many", {
    ORCHESTRATOR_GITHUB_ISSUES: '{ "state": "open", "state": "all" }',
  }),
  variables("a wrong word in a variable", { ORCHESTRATOR_GITHUB_ISSUES_STATE: "opened" }),
];
