import { describe, expect, it } from "@effect/vitest";
import * as DataFile from "@orchestrator/local/DataFile";
import * as Result from "effect/Result";
import * as ConfigFile from "../src/ConfigFile.ts";

const keys = ["org_id", "api_token", "base_url"];
const variables: Readonly<Record<string, string>> = {
  TOKEN: "sk-secret",
  ORG: "42",
  SLOTS: "7",
  EMPTY: "",
};

const parse = (text: string, file = "config.yaml") =>
  ConfigFile.parse(text, file, (name) => variables[name], keys);

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
    const { sections } = Result.getOrThrow(parse(all));
    expect(sections.codegen).toEqual({ org_id: "42", api_token: "sk-secret", base_url: null });
    expect(sections.agent).toEqual({
      max_concurrent_agents: 7,
      task_timeout_seconds: 600,
      retry_attempts: 3,
      retry_delay_seconds: 30,
    });
  });

  it("may be JSON", () => {
    const { sections } = Result.getOrThrow(parse('{"agent":{"retry_attempts":2}}', "c.json"));
    expect(sections.agent).toEqual({ retry_attempts: 2 });
  });

  it.each([
    [
      "an unknown section",
      "agents: {}\n",
      'config.yaml:1:1  agents: unknown key; allowed are github, codegen, agent, automation, logging_level; did you mean "agent"?',
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
    ["a list", "- 1\n", "config.yaml:1:1  must be a mapping with the sections"],
    ["nothing", "", "config.yaml:1:1  the file is empty; a configuration has sections"],
  ])("says where the mistake is: %s", (_, text, problem) => {
    const [only, ...others] = wrong(text);
    expect(only).toContain(problem);
    expect(others).toEqual([]);
  });

  it("shows neither a token nor what a variable holds", () => {
    const texts = ["agent: { retry_attempts: '${TOKEN}' }\n", "github: { token: [sk-secret] }\n"];
    const slips = ["codegen:\n  api_token sk-secret\n", "api_token sk-secret\n"];
    const given = [...texts, ...slips, "github: { token: 4711 }\n"];
    const said = given.flatMap((text) => wrong(text));
    expect(said).toHaveLength(5);
    expect(said.join()).not.toMatch(/sk-secret|4711/);
  });

  it("knows whether a token is written in it", () => {
    const holds = (text: string) => Result.getOrThrow(parse(text)).holdsToken;
    expect(holds("codegen: { api_token: sk-secret }\n")).toBe(true);
    expect(holds("codegen: { api_token: '${TOKEN}' }\n")).toBe(false);
  });
});
