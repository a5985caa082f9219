import { assert, describe, it } from "@effect/vitest";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as CodegenConfig from "../src/CodegenConfig.ts";

const token = "sk-secret-value";
const read = (
  section: unknown,
  environment: Record<string, string> = {},
  allowedHosts: ReadonlyArray<string> = [],
) => CodegenConfig.read(section, { environment, allowedHosts });

const problems = (...given: Parameters<typeof read>) =>
  Result.getOrThrow(Result.flip(read(...given))).problems;

describe("CodegenConfig", () => {
  it("reads every key", () => {
    const { token: secret, ...settings } = Result.getOrThrow(
      read({
        org_id: "42",
        api_token: token,
        base_url: null,
        repo_id: 7,
        model: "opus",
        agent_type: "claude_code",
        launch_deadline_seconds: 30,
        settle_seconds: 0,
        prompt_file: "prompt.md",
      }),
    );
    assert.strictEqual(Redacted.value(secret), token);
    assert.deepStrictEqual(settings, {
      orgId: 42,
      baseUrl: undefined,
      allowedHosts: [],
      repoId: 7,
      model: "opus",
      agentType: "claude_code",
      launchDeadlineSeconds: 30,
      settleSeconds: 0,
      promptFile: "prompt.md",
    });
  });

  it("needs no section where the variables say it all, and they go before keys", () => {
    const environment = {
      CODEGEN_ORG_ID: "42",
      CODEGEN_API_TOKEN: token,
      CODEGEN_API_BASE_URL: "http://127.0.0.1:1",
    };
    for (const section of [
      undefined,
      null,
      { org_id: 1, api_token: "x", base_url: "http://localhost" },
    ]) {
      const settings = Result.getOrThrow(read(section, environment));
      assert.strictEqual(settings.orgId, 42);
      assert.strictEqual(settings.baseUrl, "http://127.0.0.1:1");
    }
  });

  it("takes no notice of a variable that is empty", () => {
    const settings = read({ org_id: 1, api_token: token }, { CODEGEN_ORG_ID: " " });
    assert.strictEqual(Result.getOrThrow(settings).orgId, 1);
  });

  it("says what is missing and where it can be set", () => {
    assert.deepStrictEqual(
      problems({}).map(({ message, where }) => `${where} ${message}`),
      [
        "codegen.org_id is missing; set it, or the variable CODEGEN_ORG_ID, to the id of your organisation at Codegen",
        "codegen.api_token is missing; set it, or the variable CODEGEN_API_TOKEN, to a token from codegen.com/token",
      ],
    );
  });

  it("says what was found and what is allowed", () => {
    const wrong: ReadonlyArray<readonly [section: object, where: string, words: string]> = [
      [{ org_id: "acme" }, "codegen.org_id", 'found "acme"'],
      [{ org_id: 0 }, "codegen.org_id", "above 0"],
      [{ org_id: 1.5 }, "codegen.org_id", "whole number"],
      [{ org_id: [1] }, "codegen.org_id", "found [1]"],
      [{ repo_id: "acme/shop" }, "codegen.repo_id", "Codegen's own id"],
      [{ agent_type: "gpt" }, "codegen.agent_type", '"claude_code"'],
      [{ launch_deadline_seconds: 0 }, "codegen.launch_deadline_seconds", "from 1 to 600"],
      [{ model: "" }, "codegen.model", "empty"],
      [{ prompt_file: 5 }, "codegen.prompt_file", "found 5"],
      [{ orgid: 1 }, "codegen.orgid", "allowed are org_id"],
      [{ base_url: "https://evil.example" }, "codegen.base_url", "allow the host"],
    ];
    for (const [section, where, words] of wrong) {
      const found = problems({ org_id: 1, api_token: token, ...section });
      assert.strictEqual(found.length, 1, JSON.stringify(found));
      assert.strictEqual(found[0]?.where, where);
      assert.include(found[0]?.message, words);
    }
    assert.strictEqual(problems("x")[0]?.where, "codegen");
    assert.strictEqual(
      problems({}, { CODEGEN_ORG_ID: "x", CODEGEN_API_TOKEN: token })[0]?.where,
      "CODEGEN_ORG_ID",
    );
  });

  it("allows another host only where the operator does", () => {
    const section = { org_id: 1, api_token: token, base_url: "https://codegen.example" };
    assert.strictEqual(
      Result.getOrThrow(read(section, {}, ["codegen.example"])).baseUrl,
      "https://codegen.example",
    );
  });

  it("shows no token, neither in what is wrong nor in what is right", () => {
    const wrong = read({ api_token: { value: token }, org_id: token.length });
    assert.notInclude(JSON.stringify(wrong), token);
    const right = read({ api_token: token, org_id: 1 });
    assert.notInclude(JSON.stringify(right), token);
  });
});
