import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";

const config = `codegen: { org_id: 1, api_token: '\${TOKEN}' }
agent: { max_concurrent_agents: 3 }
`;

const secret = "sk-secret";

const folderWith = (plan: string, environment: Readonly<Record<string, string>> = {}) =>
  Command.folder({ "plan.yaml": plan, "config.yaml": config }, { environment });

const plan = ["plan", "--config", "config.yaml"] as const;

const mixed = `tasks:
  - { id: write, prompt: Write it }
  - { id: check, run: "true", dependsOn: [write] }
  - { id: more, prompt: Write more, dependsOn: [check] }
`;

describe("orchestrator plan with tasks for Codegen", () => {
  it.live("says which agent takes what, and that pull requests are not merged", () =>
    Effect.gen(function* () {
      const folder = yield* folderWith(mixed, { TOKEN: secret });
      const { code, error, out } = yield* folder.run(...plan);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toContain("parallel, 3 agents at once");
      expect(out).toMatch(/ {2}write {2}by codegen\n[^]* {2}check {2}after write\n/);
      expect(out).toContain("Pull requests  of Codegen are delivered, not merged");
      const { out: json } = yield* folder.run(...plan, "--format", "json");
      const { tasks } = JSON.parse(json);
      const gates = tasks.flatMap(({ dependencies }: { dependencies: Array<{ gate: string }> }) =>
        dependencies.map(({ gate }) => gate),
      );
      expect(gates).toEqual(["agent-ended", "merged"]);
      expect(out + json).not.toContain(secret);
    }),
  );

  it.live("takes a prompt for Codegen's without a file, if its variables are set", () =>
    Effect.gen(function* () {
      const environment = { CODEGEN_ORG_ID: "1", CODEGEN_API_TOKEN: secret };
      const folder = yield* folderWith(mixed, environment);
      const { code, out } = yield* folder.run("plan");
      expect(code).toBe(0);
      expect(out).toContain("write  by codegen");
    }),
  );

  it.live("tells with the first task for Codegen how to configure it", () =>
    Effect.gen(function* () {
      const text = `tasks:
  - { id: a, run: "true" }
  - { id: b, prompt: Do it, agent: codegen }
  - { id: c, prompt: Do more, agent: codegen }
`;
      const folder = yield* folderWith(text);
      const { code, error } = yield* folder.run("run");
      expect(code).toBe(65);
      expect(error).toMatch(
        /^plan\.yaml:3:11: error: Task "b" needs Codegen, as does 1 other task, and it is not configured: .*org_id and api_token/m,
      );
      expect(error).toContain("plan.yaml has 1 error");
      const half = yield* folderWith(text, { CODEGEN_API_TOKEN: secret });
      const told = yield* half.run("run");
      expect(told.code).toBe(65);
      expect(told.error).toMatch(
        /codegen\.org_id: is missing; set it, or the variable CODEGEN_ORG_ID/,
      );
      expect(told.error).not.toContain(secret);
    }),
  );

  it.live.each([
    [
      "- { id: a, run: 'true', agent: codegen }",
      'plan.yaml:2:11: error: Task "a" has a command, and Codegen runs none',
    ],
    [
      "- { id: a, title: Do it, agent: codegen, prompt: ' ' }",
      'plan.yaml:2:11: error: Task "a" has no prompt, which Codegen needs. Add one',
    ],
    [
      "- { id: a, prompt: x }\n  - { id: b, run: 'true', dependsOn: [{ task: a, until: merged }] }",
      'plan.yaml:3:47: error: Task "b" waits until "a" is merged, which cannot be reached: Codegen delivers pull requests',
    ],
  ])("refuses what Codegen cannot do: %s", ([tasks, problem]) =>
    Effect.gen(function* () {
      const folder = yield* folderWith(`tasks:\n  ${tasks}\n`, { TOKEN: secret });
      const { code, error } = yield* folder.run("run", "--config", "config.yaml");
      expect(code).toBe(65);
      expect(error).toContain(problem);
      expect(error).toContain("plan.yaml has 1 error");
    }),
  );

  it.live("sends a token to no host that only the file names", () =>
    Effect.gen(function* () {
      const folder = yield* folderWith(mixed, { TOKEN: secret });
      const elsewhere = config.replace("api_token", "base_url: https://codegen.test, api_token");
      yield* folder.write("config.yaml", elsewhere);
      const refused = yield* folder.run(...plan);
      expect(refused.code).toBe(78);
      expect(refused.error).toMatch(
        /config\.yaml:1:33 {2}codegen\.base_url: .*not an allowed host.*allow it: --allow-host codegen\.test/,
      );
      const allowed = yield* folder.run(...plan, "--allow-host", "codegen.test");
      expect(allowed.code).toBe(0);
    }),
  );
});
