import { describe, expect, it } from "@effect/vitest";
import * as Redacted from "effect/Redacted";
import * as Secrets from "../src/telemetry/Secrets.ts";

describe("Secrets", () => {
  it.each([
    "GITHUB_TOKEN",
    "apiToken",
    "api_token",
    "private_key",
    "AWS_SECRET_ACCESS_KEY",
    "OPENAI_API_KEY",
    "PGPASSWORD",
    "NPM_CONFIG__AUTH",
    "GITHUB_APP_PRIVATE_KEY",
    "SIGNING_KEY_BASE64",
    "DB_PASS",
    "TOKEN_2",
  ])("takes the value of %s for a secret", (name) => {
    expect(Secrets.isSecretName(name)).toBe(true);
  });

  it.each([
    "SSH_AUTH_SOCK",
    "MAX_TOKENS",
    "private_key_file",
    "PATH",
    "CACHE_KEY",
    "COMPASS",
    "MODE",
  ])("takes the value of %s for none", (name) => {
    expect(Secrets.isSecretName(name)).toBe(false);
  });

  it("finds secrets in the headers for a collector and in addresses, also decoded", () => {
    const found = Secrets.ofVariables({
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20one%2Ftwo,x-team=shop",
      DATABASE_URL: "postgres://shop:p%40ss-word@db.example/shop",
      HOME: "/home/ada",
      GOOGLE_APPLICATION_CREDENTIALS: "/home/ada/key.json",
    });
    expect(found).toEqual(
      expect.arrayContaining(["one/two", "Bearer one/two", "shop", "p%40ss-word", "p@ss-word"]),
    );
    expect(found.join(" ")).not.toContain("/home/ada");
  });

  it("finds what tasks declare for their commands, what stands at secret keys, and what is redacted", () => {
    const env = { DEPLOY_TOKEN: "one", MODE: "two" };
    expect(Secrets.ofTask({ payload: { run: "true", env } })).toEqual(["one"]);
    expect(Secrets.ofTask({ payload: "text" })).toEqual([]);
    const sections = {
      codegen: { org_id: 1, api_token: "three" },
      list: [{ private_key: "four" }],
    };
    expect(Secrets.ofSections(sections)).toEqual(["three", "four"]);
    expect(Secrets.redactedIn({ a: [{ b: Redacted.make("five") }], c: "six" })).toEqual(["five"]);
  });
});
