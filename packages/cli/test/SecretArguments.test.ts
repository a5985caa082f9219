import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as SecretArguments from "../src/config/SecretArguments.ts";

const token = `ghp_${"0123456789abcdef".repeat(2)}`;

describe("arguments", () => {
  it.effect.each([
    { args: ["--token", "x"], said: "there is no flag --token" },
    { args: ["run", "--github-token=x"], said: "there is no flag --github-token" },
    { args: ["plan", "--api_token", "x"], said: "there is no flag --api_token" },
    { args: ["doctor", "--codegen-api-key", "x"], said: "there is no flag --codegen-api-key" },
    { args: ["run", "--agent", token], said: "the value of --agent looks like a token" },
    { args: ["run", `--agent=${token}`], said: "the value of --agent looks like a token" },
    { args: ["cancel", `task-${token}`], said: "an argument looks like a token" },
    { args: [`--${token}`], said: "an argument looks like a token" },
    { args: ["run", "-----BEGIN RSA PRIVATE KEY-----"], said: "an argument looks like a token" },
  ])("with a token are refused, and the token is not shown: $args", ({ args, said }) =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(SecretArguments.refuse(args));
      expect(message).toContain(said);
      expect(message).toContain("${GITHUB_TOKEN}");
      expect(message).not.toContain(token);
    }),
  );

  it.effect("without one go through", () =>
    SecretArguments.refuse([
      "run",
      "tokens.yaml",
      "--config",
      "token.yaml",
      "--tokens-per-day",
      "1",
    ]),
  );
});
