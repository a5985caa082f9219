import { assert, describe, it } from "@effect/vitest";
import { AgentPool, CodeHost, Journal, Orchestrator, type Task } from "@orchestrator/core";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Base from "../src/Base.ts";
import * as LocalCodeHost from "../src/LocalCodeHost.ts";
import { inRepository, request, succeed } from "./support/agent.ts";
import { branchWith, git, services } from "./support/repository.ts";

type Host = CodeHost.CodeHost["Service"];

const tasks: ReadonlyArray<Task.Task> = [
  { id: "api", payload: { run: "echo api > api" } },
  {
    id: "page",
    payload: { run: 'cat api > page; echo "$ORCHESTRATOR_STACKED_ON" > on' },
    dependsOn: [{ task: "api", until: "agent-ended", stack: true }],
  },
];

/** Runs both with a host whose landing of `api` begins when `page` is to land. */
const run = Effect.fnUntraced(function* (landApi: (host: Host) => Host["land"]) {
  const { agent, base, root } = yield* inRepository();
  const host = yield* LocalCodeHost.make.pipe(Effect.provideService(Base.Base, base));
  const delivered = yield* Deferred.make<void>();
  const late: Host = {
    ...host,
    land: (asked) =>
      asked.task.id === "api"
        ? Effect.andThen(Deferred.await(delivered), landApi(host)(asked))
        : Effect.andThen(Deferred.succeed(delivered, undefined), host.land(asked)),
  };
  const engine = Orchestrator.Orchestrator.layer.pipe(
    Layer.provide([
      Journal.Journal.layerMemory,
      AgentPool.AgentPool.layer({ agents: [{ agent, slots: 2 }] }),
      Layer.succeed(CodeHost.CodeHost, late),
    ]),
  );
  const result = yield* Effect.flatMap(Orchestrator.Orchestrator, (orchestrator) =>
    orchestrator.run(tasks, { run: "r1", retry: { delay: 0 } }),
  ).pipe(Effect.provide(engine));
  return { result, root };
});

describe("a command with stack", () => {
  it.live("works on the branch of its dependency, and lands after it", () =>
    Effect.gen(function* () {
      const { result, root } = yield* run((host) => host.land);
      assert.strictEqual(result.outcome, "succeeded");
      assert.strictEqual(yield* git(root, "show", "work:page"), "api");
      assert.strictEqual(yield* git(root, "show", "work:on"), "orchestrator/r1/api");
      const subjects = yield* git(root, "log", "--merges", "--format=%s", "work");
      assert.deepStrictEqual(subjects.split("\n"), ["Merge page", "Merge api"]);
      assert.strictEqual(yield* git(root, "branch", "--list", "orchestrator/*"), "");
    }).pipe(Effect.provide(services)),
  );

  it.live("lands nothing of a dependency that is refused, and asks a person", () =>
    Effect.gen(function* () {
      const message = "not wanted";
      const refusal = new CodeHost.LandingError({ reason: "Rejected", message, paths: [] });
      const { result, root } = yield* run(() => () => Effect.fail(refusal));
      const { outcome, reason } = result.state.get("page")!;
      assert.strictEqual(outcome, "Held");
      assert.isTrue(
        reason?._tag === "NeedsDecision" && /api, which ended as Failed/.test(reason.question),
      );
      assert.strictEqual(yield* git(root, "rev-list", "--count", "work"), "1");
    }).pipe(Effect.provide(services)),
  );

  it.live("begins at the base where that contains the change by now", () =>
    Effect.gen(function* () {
      const { agent, root } = yield* inRepository();
      const change = yield* branchWith(root, "api", "work", { api: "api\n" });
      const { commit: later } = yield* branchWith(root, "later", "api", { later: "later\n" });
      yield* git(root, "update-ref", "refs/heads/work", later);
      yield* git(root, "branch", "-D", "api");
      const startFrom = { task: "api", attempt: 1, change };
      const end = yield* succeed(agent, request("cat later > page", {}, { startFrom }));
      assert.strictEqual(end.change?.base, later);
    }).pipe(Effect.provide(services)),
  );

  it.live("does not start where the change is not to be found", () =>
    Effect.gen(function* () {
      const { agent } = yield* inRepository();
      const startFrom = { task: "api", attempt: 1, change: { branch: "gone" } };
      const error = yield* Effect.flip(agent.launch(request("true", {}, { startFrom })));
      assert.strictEqual(error.reason, "NotSent");
      assert.match(error.message, /change of api.*refs\/heads\/gone.*remove stack/);
    }).pipe(Effect.provide(services)),
  );
});
