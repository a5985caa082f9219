import { describe, expect, it } from "@effect/vitest";
import * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import * as DataFile from "@orchestrator/local/DataFile";
import * as Result from "effect/Result";
import * as v from "valibot";
import * as ConfigFile from "../src/config/ConfigFile.ts";
import * as ConfigSchema from "../src/config/ConfigSchema.ts";

const codegen = { org_id: null, api_token: null, base_url: null };
const keys = { codegen, github: GitHubConfig.keys };
const variables: Readonly<Record<string, string>> = {
  TOKEN: "sk-secret",
  ORG: "42",
  SLOTS: "7",
  EMPTY: "",
};

const parse = (text: string, file = "config.yaml") =>
  ConfigFile.parse(text, file, { lookup: (name) => variables[name], keys });

/** What the sections of a text come to. */
const sectionsOf = (text: string, file?: string) =>
  v.parse(ConfigSchema.make(keys), Result.getOrThrow(parse(text, file)).value);

/** What is wrong with a text, a line each. */
const wrong = (text: string, file = "config.yaml"): ReadonlyArray<string> =>
  Result.match(parse(text, file), {
    onSuccess: () => [],
    onFailure: (problems) => problems.map((problem) => DataFile.line(file, problem)),
  });

const all = `github:
  token: \${TOKEN}
  organization: acme
  repository: shop
  project_number: 1
  default_branch: main
  base_url: null
codegen:
  org_id: \${ORG}
  api_token: \${TOKEN}
  base_url: null
agent:
  max_concurrent_agents: \${SLOTS}
  task_timeout_seconds: 600
  retry_attempts: \${RETRIES:-3}
  retry_delay_seconds: 30
automation:
  auto_merge_on_success: false
  post_results_as_comment: true
  update_issue_status: true
  status_label_prefix: "status:"
logging_level: INFO
`;

describe("a configuration file", () => {
  it("may have every documented key, with variables for texts and numbers", () => {
    const sections = sectionsOf(all);
    expect(sections.codegen).toEqual({ org_id: "42", api_token: "sk-secret", base_url: null });
    expect(sections.agent).toEqual({
      max_concurrent_agents: 7,
      task_timeout_seconds: 600,
      retry_attempts: 3,
      retry_delay_seconds: 30,
    });
  });

  it("may be JSON", () => {
    const sections = sectionsOf('{"agent":{"retry_attempts":2}}', "c.json");
    expect(sections.agent).toEqual({ retry_attempts: 2 });
  });

  it.each([
    [
      "an unknown section",
      "agnet: {}\n",
      'config.yaml:1:1  agnet: unknown key; allowed are github, codegen, agent, agents, automation, limits, resources, project, mcp, on, webhooks, logging_level; did you mean "agent"?',
    ],
    [
      "an unknown key",
      "codegen:\n  orgid: 1\n",
      'config.yaml:2:3  codegen.orgid: unknown key; allowed are org_id, api_token, base_url; did you mean "org_id"?',
    ],
    [
      "a wrong number",
      "agent:\n  max_concurrent_agents: 0\n",
      "config.yaml:2:26  agent.max_concurrent_agents: must be a whole number from 1 to 10000, found the number 0",
    ],
    [
      "a text for a truth value",
      "automation:\n  update_issue_status: often\n",
      'config.yaml:2:24  automation.update_issue_status: must be true or false, found the text "often"',
    ],
    [
      "an unknown level",
      "logging_level: INFOS\n",
      'config.yaml:1:16  logging_level: must be "DEBUG", "INFO", "WARNING" or "ERROR", found the text "INFOS"; did you mean "INFO"?',
    ],
    [
      "a variable that is not set",
      "codegen:\n  api_token: ${MISSING}\n",
      "config.yaml:2:14  codegen.api_token: needs the variable MISSING, which is not set or is empty; set it, or write ${MISSING:-default}",
    ],
    [
      "a variable that is empty",
      "codegen:\n  api_token: a${EMPTY}\n",
      "config.yaml:2:14  codegen.api_token: needs the variable EMPTY, which is not set or is empty; set it, or write ${EMPTY:-default}",
    ],
    [
      "a reference that is none",
      "codegen:\n  api_token: ${1}\n",
      "config.yaml:2:14  codegen.api_token: holds a ${ that begins no variable; write ${NAME} or ${NAME:-default}",
    ],
    [
      "an unknown key inside of github",
      "github:\n  issues: { stat: open }\n",
      'config.yaml:2:13  github.issues.stat: unknown key; allowed are state, labels, without_labels, milestone, assignee, author, type, since; did you mean "state"?',
    ],
    [
      "an unknown key in a list of github",
      "github:\n  sources:\n    - project: { nmber: 1 }\n",
      'config.yaml:3:18  github.sources[0].project.nmber: unknown key; allowed are owner, number, status, fields, status_field; did you mean "number"?',
    ],
    [
      "a list for a mapping",
      "github:\n  issues: [a]\n",
      "config.yaml:2:11  github.issues: must be a mapping with keys of issues, found a list",
    ],
    [
      "a variable in a list that is not set",
      "github:\n  issues:\n    labels: [a, '${MISSING}']\n",
      "config.yaml:3:17  github.issues.labels[1]: needs the variable MISSING",
    ],
    ["a list", "- 1\n", "config.yaml:1:1  must be a mapping with the sections"],
    ["nothing", "", "config.yaml:1:1  the file is empty; a configuration has sections"],
  ])("says where the mistake is: %s", (_, text, problem) => {
    const [only, ...others] = wrong(text);
    expect(only).toContain(problem);
    expect(others).toEqual([]);
  });

  it("may have every key of github, whose values the adapter judges", () => {
    const texts = ["github:\n  issues: { labels: 5 }\n", "github: { sources: [{ issues: {} }] }\n"];
    for (const text of texts) expect(Result.isSuccess(parse(text))).toBe(true);
  });

  it("shows neither a token nor what a variable holds", () => {
    const texts = ["agent: { retry_attempts: '${TOKEN}' }\n"];
    const slips = ["codegen:\n  api_token sk-secret\n", "api_token sk-secret\n"];
    const said = [...texts, ...slips].flatMap((text) => wrong(text));
    expect(said).toHaveLength(3);
    expect(said.join()).not.toMatch(/sk-secret|4711/);
  });

  it("knows which secrets are written in it", () => {
    const written = (text: string) => Result.getOrThrow(parse(text)).written;
    expect(written("codegen: { api_token: sk-secret }\n")).toEqual(["codegen.api_token"]);
    expect(written("codegen: { api_token: '${TOKEN}' }\n")).toEqual([]);
    expect(written("github: { token: ghp-secret, private_key: '${TOKEN}' }\n")).toEqual([
      "github.token",
    ]);
  });
});
