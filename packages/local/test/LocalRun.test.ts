import { assert, describe, it } from "@effect/vitest";
import { AgentPool, CodeHost, Journal, Orchestrator, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Base from "../src/Base.ts";
import * as LocalCodeHost from "../src/LocalCodeHost.ts";
import { inRepository } from "./support/agent.ts";
import { services, temporaryFolder, git } from "./support/repository.ts";

interface Rest extends Partial<Task.Task> {
  readonly env?: Readonly<Record<string, string>>;
}

const command = (id: string, run: string, { env = {}, ...rest }: Rest = {}): Task.Task => ({
  id,
  payload: { run, env },
  ...rest,
});

/** Runs tasks with four local agents that land on branch `work`. */
const run = Effect.fnUntraced(function* (tasks: ReadonlyArray<Task.Task>) {
  const { agent, base, root } = yield* inRepository();
  const host = yield* LocalCodeHost.make.pipe(Effect.provideService(Base.Base, base));
  const engine = Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      Journal.Journal.layerMemory,
      AgentPool.AgentPool.layer({ agents: [{ agent, slots: 4 }] }),
      Layer.succeed(CodeHost.CodeHost, host),
    ]),
  );
  const result = yield* Effect.flatMap(Orchestrator.Orchestrator, (orchestrator) =>
    orchestrator.run(tasks, { run: "r1", retry: { delay: 0 } }),
  ).pipe(Effect.provide(engine));
  return { result, root };
});

describe("a run with local agents", () => {
  it.live("gives every task the merged work of what it depends on", () =>
    Effect.gen(function* () {
      const { result, root } = yield* run([
        command("top", "echo top > top"),
        command("left", "cat top > left", { dependsOn: ["top"] }),
        command("right", "cat top > right", { dependsOn: ["top"] }),
        command("bottom", "cat left right > bottom", { dependsOn: ["left", "right"] }),
      ]);
      assert.strictEqual(result.outcome, "succeeded");
      assert.strictEqual(yield* git(root, "show", "work:bottom"), "top\ntop");
      assert.strictEqual(yield* git(root, "rev-list", "--count", "--merges", "work"), "4");
      assert.strictEqual(yield* git(root, "branch", "--list", "orchestrator/*"), "");
      assert.strictEqual(
        yield* git(root, "worktree", "list", "--porcelain", "-z").pipe(
          Effect.map((text) => text.split("\0\0").length - 1),
        ),
        1,
      );
    }).pipe(Effect.provide(services)),
  );

  it.live("tries a conflicting task again from the new base", () =>
    Effect.gen(function* () {
      const pipes = yield* temporaryFolder();
      const env = { STARTED: `${pipes}/started`, GO: `${pipes}/go` };
      const first =
        'if [ "$ORCHESTRATOR_ATTEMPT" = 1 ]; then echo > "$STARTED"; read _ < "$GO"; fi';
      const { result, root } = yield* run([
        command("pipes", 'mkfifo "$STARTED" "$GO"', { env }),
        command("one", 'read _ < "$STARTED"; echo one >> list', { env, dependsOn: ["pipes"] }),
        command("merged", 'echo > "$GO"', { env, dependsOn: ["one"] }),
        command("two", `${first}; echo two >> list`, {
          env,
          dependsOn: ["pipes"],
          retry: { attempts: 2, delaySeconds: 0 },
        }),
      ]);
      assert.strictEqual(result.outcome, "succeeded");
      assert.strictEqual(yield* git(root, "show", "work:list"), "one\ntwo");
      assert.strictEqual(yield* git(root, "branch", "--list", "orchestrator/*"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("runs what a task discovers", () =>
    Effect.gen(function* () {
      const found = JSON.stringify({ id: "found", run: "cat a > b", dependsOn: ["finder"] });
      const { result, root } = yield* run([
        command("finder", `echo a > a; echo '${found}' >> "$ORCHESTRATOR_DISCOVERED"`),
      ]);
      assert.strictEqual(result.outcome, "succeeded");
      assert.strictEqual(yield* git(root, "show", "work:b"), "a");
    }).pipe(Effect.provide(services)),
  );
});
