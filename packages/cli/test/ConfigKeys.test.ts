import { readFileSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import { Ajv } from "ajv";
import { configJsonSchema } from "../scripts/configJsonSchema.ts";
import { withTable } from "../scripts/configTable.ts";
import * as ConfigKeys from "../src/config/ConfigKeys.ts";
import * as JsonSchemas from "../src/config/JsonSchemas.ts";

describe("the published JSON Schema of configurations", () => {
  it("is the one that the reader's own schema gives (node scripts/config-schema.mjs)", () => {
    expect(configJsonSchema()).toEqual(JsonSchemas.configuration);
  });

  it("has a sentence on every key, and the default of none that is not allowed", () => {
    const ajv = new Ajv({ strict: false });
    const isWrong = ({ default: usual, description, shape }: ConfigKeys.Key) =>
      !/^[A-Z].*\.$/.test(description) || (usual !== undefined && !ajv.validate(shape, usual));
    expect(ConfigKeys.all.filter(isWrong).map(({ variable }) => variable)).toEqual([]);
  });

  it("knows the secrets", () => {
    const secrets = ConfigKeys.all.filter(({ isSecret }) => isSecret);
    expect(secrets.map(({ path }) => path.join("."))).toEqual([
      "github.token",
      "github.private_key",
      "codegen.api_token",
    ]);
  });

  const accepts = new Ajv({ strict: false }).compile(JsonSchemas.configuration);

  it.each([
    [{ agent: { retry_attempts: 3 }, codegen: { org_id: "42", base_url: null } }],
    [{ agent: { retry_attempts: "${TRIES:-3}" }, logging_level: "${LEVEL}" }],
    [{ github: { sources: [{ project: { number: 1, fields: { Team: ["web"] } } }] }, agent: null }],
    [{ $schema: "https://example.test/config.json" }],
  ])("accepts what the reader accepts: %j", (value) => {
    expect(accepts(value)).toBe(true);
  });

  it.each([
    [{ agnet: {} }],
    [{ agents: { claud: {} } }],
    [{ agents: { claude: { args: "-v" } } }],
    [{ agent: { retry_attempts: 3.5 } }],
    [{ agent: { retry_attempts: "three" } }],
    [{ agent: { max_concurrent_agents: 0 } }],
    [{ automation: { hold_labels: "hold" } }],
    [{ github: { project: {} } }],
    [{ logging_level: "info" }],
  ])("refuses what the reader refuses: %j", (value) => {
    expect(accepts(value)).toBe(false);
  });
});

describe("docs/guides/configuration.md", () => {
  it("has the table of all keys (node scripts/config-schema.mjs)", () => {
    const guide = new URL("../../../docs/guides/configuration.md", import.meta.url);
    const text = readFileSync(guide, "utf8");
    expect(withTable(text)).toBe(text);
  });
});
