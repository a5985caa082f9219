import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as TaskKeys from "../src/plan/TaskKeys.ts";
import * as Command from "./support/Command.ts";

const config = "codegen: { org_id: 1, api_token: '${TOKEN}' }\n";

const told = (plan: string) =>
  Effect.gen(function* () {
    const files = { "plan.yaml": plan, "config.yaml": config };
    const folder = yield* Command.folder(files, { environment: { TOKEN: "sk-secret" } });
    return yield* folder.run("plan", "--config", "config.yaml");
  });

describe("orchestrator plan with keys that an agent does not read", () => {
  it.live("warns of each task that states them, and lets it run", () =>
    Effect.gen(function* () {
      const { code, error, out } = yield* told(`isolation: none
tasks:
  - { id: a, run: "true", acceptance: It is green., model: opus }
  - { id: b, prompt: Do it, env: { A: 1 }, dependsOn: [a] }
`);
      expect(code).toBe(0);
      const all = out + error;
      expect(all).toContain(
        'plan.yaml:3:11: warning: Task "a" has acceptance, model, and a command gets nothing of that: say it in its prompt, or give the task to Codegen (agent: codegen)',
      );
      expect(all).toContain(
        'plan.yaml:4:11: warning: Task "b" has env, and Codegen runs no command',
      );
    }),
  );

  it.live("says nothing of what all tasks of a plan take over", () =>
    Effect.gen(function* () {
      const { code, error, out } = yield* told(`isolation: none
defaults: { model: opus, env: { A: 1 } }
tasks:
  - { id: a, run: "true" }
  - { id: b, prompt: Do it, dependsOn: [a] }
`);
      expect(code).toBe(0);
      expect(out + error).not.toContain("warning");
    }),
  );
});

describe("TaskKeys.unsuited", () => {
  it.effect("says of which task Codegen would not understand the payload", () =>
    Effect.gen(function* () {
      const found = yield* TaskKeys.unsuited([
        { id: "a", payload: { acceptance: "x", github: { approved: "y" } } },
        { id: "b", payload: { repo_id: "acme/shop" } },
      ]);
      expect(found.map(({ task }) => task.id)).toEqual(["b"]);
      expect(found[0]?.message).toContain("The payload of task b does not suit Codegen");
      expect(found[0]?.message).toContain("repo_id");
    }),
  );
});
