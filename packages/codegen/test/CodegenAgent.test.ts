import { assert, describe, it } from "@effect/vitest";
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Latch from "effect/Latch";
import * as TestClock from "effect/testing/TestClock";
import {
  agent,
  type Answer,
  type Asked,
  type Handler,
  html,
  json,
  report,
  request,
  Service,
  token,
} from "./support/service.ts";

const launches = (asked: ReadonlyArray<Asked>) =>
  asked.filter(({ method, path }) => method === "POST" && path.endsWith("/agent/run"));

const refusal =
  (status: number, message: string, headers: Record<string, string> = {}) =>
  () =>
    json({ message, status_code: status }, { status, headers });

const failure = (error: { readonly code: string; readonly syscall?: string }) => () =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("x"), error) });

describe("CodegenAgent.launch", () => {
  it.effect("sends one POST with the mark of the attempt", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler, { repoId: 9, model: "m" });
      const ref = yield* codegen.launch(request({ epoch: 2 }));
      assert.deepStrictEqual(ref, {
        agent: "codegen",
        id: "101",
        url: "https://codegen.com/agent/trace/101",
      });
      assert.strictEqual(asked.length, 1);
      const [sent] = launches(asked);
      assert.strictEqual(sent!.headers["authorization"], `Bearer ${token}`);
      const { prompt, ...body } = sent!.body as { prompt: string };
      assert.include(prompt, "Add a test for parsing.");
      assert.deepStrictEqual(body, {
        metadata: {
          orchestrator: {
            v: 1,
            run: "r1",
            task: "a",
            kind: "launch",
            attempt: 1,
            key: "r1/a/launch/1",
            epoch: 2,
          },
        },
        repo_id: 9,
        model: "m",
      });
    }),
  );

  const cases = [
    ["a refused connection", failure({ code: "ECONNREFUSED" }), "NotSent"],
    ["a name that is not found", failure({ code: "ENOTFOUND" }), "NotSent"],
    ["a certificate that is not trusted", failure({ code: "CERT_HAS_EXPIRED" }), "NotSent"],
    ["too many requests", refusal(429, "Rate limit exceeded."), "NotSent"],
    ["a connection that is reset", failure({ code: "ECONNRESET" }), "Ambiguous"],
    [
      "a route that is lost meanwhile",
      failure({ code: "EHOSTUNREACH", syscall: "read" }),
      "Ambiguous",
    ],
    [
      "a route that does not exist",
      failure({ code: "EHOSTUNREACH", syscall: "connect" }),
      "NotSent",
    ],
    ["a breakdown", refusal(503, "down"), "Ambiguous"],
    ["an answer without an id", () => json({ organization_id: 42 }), "Ambiguous"],
    ["an empty answer", () => new Response(""), "Ambiguous"],
    ["half an answer", () => new Response('{"id": 1'), "Ambiguous"],
    ["HTML with success", () => html(), "Ambiguous"],
    ["HTML with a refusal", () => html(403), "Ambiguous"],
    [
      "a redirect",
      () => new Response(null, { status: 307, headers: { location: "/x" } }),
      "Ambiguous",
    ],
    ["an answer that is too large", () => new Response("x".repeat(2 ** 20 + 1)), "Ambiguous"],
    ["a timeout of the service", refusal(408, "timeout"), "Ambiguous"],
    ["a wrong token", refusal(401, "Invalid token"), "Rejected"],
    ["a plan that is used up", refusal(402, "Alloted agent runs"), "Exhausted"],
    ["a foreign organisation", refusal(403, "no access"), "Rejected"],
    ["no repository", refusal(404, "No repos found"), "Rejected"],
    [
      "a wrong body",
      () =>
        json({ detail: [{ loc: ["body", "prompt"], msg: "missing", type: "x" }] }, { status: 422 }),
      "Rejected",
    ],
  ] as const;
  for (const [what, answer, reason] of cases) {
    it.effect(`says ${reason} after ${what}, having sent one request`, () =>
      Effect.gen(function* () {
        const { agent: codegen, asked } = yield* agent(answer);
        const error = yield* Effect.flip(codegen.launch(request()));
        assert.strictEqual(error.reason, reason, error.message);
        assert.strictEqual(asked.length, 1);
        assert.notInclude(JSON.stringify(error), token);
      }),
    );
  }

  it.effect("passes on the words of the service when the plan is used up", () =>
    Effect.gen(function* () {
      const { agent: codegen } = yield* agent(
        refusal(402, "Alloted agent runs have been reached."),
      );
      const error = yield* Effect.flip(codegen.launch(request()));
      assert.include(error.message, "Alloted agent runs have been reached.");
      assert.include(error.message, "upgrade");
    }),
  );

  it.effect("says Ambiguous when no answer comes within the deadline", () =>
    Effect.gen(function* () {
      const { agent: codegen } = yield* agent(() => "hang", { launchDeadlineSeconds: 60 });
      const launching = yield* Effect.forkChild(Effect.flip(codegen.launch(request())));
      yield* TestClock.adjust("60 seconds");
      const error = yield* Fiber.join(launching);
      assert.strictEqual(error.reason, "Ambiguous");
    }),
  );

  it.effect("says Ambiguous when it is stopped after it was sent", () =>
    Effect.gen(function* () {
      const { agent: codegen } = yield* agent(() => "hang");
      const launching = yield* Effect.forkChild(codegen.launch(request()), {
        startImmediately: true,
      });
      yield* Effect.yieldNow;
      yield* Fiber.interrupt(launching);
      assert.strictEqual(reasonOf(yield* Fiber.await(launching)), "Ambiguous");
    }),
  );

  it.effect("says NotSent when it is stopped while it waits for its turn", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler);
      yield* Effect.forEach(Array.from({ length: 10 }), () => codegen.launch(request()));
      const launching = yield* Effect.forkChild(codegen.launch(request()), {
        startImmediately: true,
      });
      yield* TestClock.adjust("10 seconds");
      yield* Fiber.interrupt(launching);
      assert.strictEqual(reasonOf(yield* Fiber.await(launching)), "NotSent");
      assert.strictEqual(launches(asked).length, 10);
    }),
  );

  it.effect("sends no more than ten a minute, and waits no longer than it promises", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler, { slots: 10 });
      const all = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 40 }, () => Effect.result(codegen.launch(request()))),
          { concurrency: "unbounded" },
        ),
      );
      yield* TestClock.adjust("1 minute");
      assert.strictEqual(launches(asked).length, 10);
      yield* TestClock.adjust("2 seconds");
      assert.strictEqual(launches(asked).length, 20);
      yield* TestClock.adjust("1 minute");
      const results = yield* Fiber.join(all);
      const failed = results.flatMap((one) => (one._tag === "Failure" ? [one.failure.reason] : []));
      assert.deepStrictEqual(
        failed,
        Array.from({ length: 20 }, () => "NotSent"),
      );
    }),
  );

  it.effect("holds launches back as long as a Retry-After asks", () =>
    Effect.gen(function* () {
      const service = new Service();
      let isRefusing = true;
      service.before = ({ method }) =>
        method === "POST" && isRefusing
          ? json({ message: "slow" }, { status: 429, headers: { "retry-after": "50" } })
          : undefined;
      const { agent: codegen, asked } = yield* agent(service.handler);
      yield* Effect.flip(codegen.launch(request()));
      isRefusing = false;
      const launching = yield* Effect.forkChild(codegen.launch(request()));
      yield* TestClock.adjust("49 seconds");
      assert.strictEqual(launches(asked).length, 1);
      yield* TestClock.adjust("1 second");
      assert.strictEqual((yield* Fiber.join(launching)).id, "101");
    }),
  );

  it.effect(
    "launches nothing while the service is down, and tries with reads whether it is back",
    () =>
      Effect.gen(function* () {
        const service = new Service();
        service.before = () => html(502);
        const { agent: codegen, asked } = yield* agent(service.handler);
        for (let i = 0; i < 5; i++) yield* Effect.flip(codegen.launch(request()));
        assert.strictEqual(launches(asked).length, 5);
        const launching = yield* Effect.forkChild(codegen.launch(request()));
        for (let second = 0; second < 60; second++) yield* TestClock.adjust("1 second");
        assert.strictEqual(launches(asked).length, 5);
        service.before = () => undefined;
        for (let second = 0; second < 60; second++) yield* TestClock.adjust("1 second");
        assert.strictEqual((yield* Fiber.join(launching)).id, "101");
        assert.strictEqual(launches(asked).length, 6);
      }),
  );

  it.effect("says NotSent when the service stays down", () =>
    Effect.gen(function* () {
      const { agent: codegen, asked } = yield* agent(() => html(502));
      for (let i = 0; i < 5; i++) yield* Effect.flip(codegen.launch(request()));
      const launching = yield* Effect.forkChild(Effect.flip(codegen.launch(request())));
      for (let second = 0; second < 121; second++) yield* TestClock.adjust("1 second");
      assert.strictEqual((yield* Fiber.join(launching)).reason, "NotSent");
      assert.strictEqual(launches(asked).length, 5);
    }),
  );

  it.effect("is not made with a template that cannot be used", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(agent(() => "hang", { prompt: { template: "{{secret}}" } }));
      assert.strictEqual(error._tag, "TemplateInvalid");
    }),
  );

  it.effect("refuses a prompt that is too long and sends nothing", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler, { prompt: { limit: 100 } });
      const error = yield* Effect.flip(codegen.launch(request()));
      assert.strictEqual(error.reason, "Rejected");
      assert.include(error.message, "100 are allowed");
      assert.strictEqual(asked.length, 0);
    }),
  );
});

const reasonOf = (exit: Exit.Exit<unknown, Agent.LaunchError>) => {
  const found = Exit.isFailure(exit)
    ? exit.cause.reasons.find(({ _tag }) => _tag === "Fail")
    : undefined;
  return found?._tag === "Fail" ? found.error.reason : undefined;
};

describe("CodegenAgent.observe", () => {
  it.effect("reports the pull request of a run that completes", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen } = yield* agent(service.handler);
      const ref = yield* codegen.launch(request());
      const told = report();
      const watching = yield* Effect.forkChild(codegen.observe(ref, told.told));
      yield* TestClock.adjust("5 seconds");
      service.complete(service.runs[0]!);
      yield* TestClock.adjust("2 seconds");
      const url = "https://github.com/acme/shop/pull/101";
      assert.deepStrictEqual(yield* Fiber.join(watching), {
        _tag: "Succeeded",
        output: {
          id: "101",
          status: "COMPLETE",
          url: "https://codegen.com/agent/trace/101",
          pullRequests: [{ url, repository: "acme/shop", number: 101, branch: "codegen-bot/101" }],
        },
        change: { branch: "codegen-bot/101", pullRequests: [url] },
      });
      assert.deepStrictEqual(told.progress, ["Codegen says ACTIVE"]);
    }),
  );

  it.effect("takes completion without a pull request for a failure, unless none is expected", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen } = yield* agent(service.handler);
      const task = { id: "a", prompt: "Look.", expectChange: false };
      const some = yield* codegen.launch(request());
      const none = yield* codegen.launch(request({ task }));
      for (const run of service.runs) run.status = "complete";
      const both = Effect.all(
        [codegen.observe(some, report().told), codegen.observe(none, report().told)],
        { concurrency: 2 },
      );
      const [failed, succeeded] = yield* both;
      assert.strictEqual(failed._tag === "Failed" && failed.failure.class, "agent");
      assert.include(failed._tag === "Failed" ? failed.failure.message : "", "no-change");
      assert.strictEqual(succeeded._tag, "Succeeded");
      // Another process knows it from the metadata.
      const { agent: other } = yield* agent(service.handler);
      assert.deepStrictEqual(yield* other.observe(none, report().told), succeeded);
    }),
  );

  it.effect(
    "leaves it to whoever lands the change to find a pull request that is not reported",
    () =>
      Effect.gen(function* () {
        const service = new Service();
        const { agent: codegen, asked } = yield* agent(service.handler, { findsChanges: true });
        const url = "https://ci.example/acme/shop/changes/1";
        const silent = yield* codegen.launch(request());
        const vague = yield* codegen.launch(request({ key: "r1/a/launch/2" }));
        const [second, first] = service.runs;
        first!.status = "complete";
        service.complete(second!);
        second!.github_pull_requests = [{ url }];
        const both = Effect.all(
          [codegen.observe(silent, report().told), codegen.observe(vague, report().told)],
          { concurrency: 2 },
        );
        const ends = yield* both;
        assert.deepStrictEqual(
          ends.map((end) => end._tag === "Succeeded" && end.change),
          [{}, { pullRequests: [url] }],
        );
        // A list may leave out what the agent run itself says.
        assert.includeMembers(
          asked.map(({ path }) => path.split("/").slice(-2).join("/")),
          ["run/101", "run/102"],
        );
      }),
  );

  it.effect("goes on through a status it does not know and warns once", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen } = yield* agent(service.handler);
      const run = service.add({ status: "pondering" });
      const told = report();
      const ref = { agent: "codegen", id: String(run.id) };
      const watching = yield* Effect.forkChild(codegen.observe(ref, told.told));
      yield* TestClock.adjust("3 seconds");
      run.status = null;
      yield* TestClock.adjust("3 seconds");
      run.status = "Pondering";
      yield* TestClock.adjust("3 seconds");
      service.complete(run);
      yield* TestClock.adjust("3 seconds");
      assert.strictEqual((yield* Fiber.join(watching))._tag, "Succeeded");
      assert.deepStrictEqual(told.unknown, ["PONDERING"]);
    }),
  );

  it.effect("passes on the question of a paused run", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen } = yield* agent(service.handler);
      const run = service.add({ status: "PAUSED", summary: "Which database?" });
      const end = yield* codegen.observe({ agent: "codegen", id: String(run.id) }, report().told);
      assert.deepStrictEqual(end, {
        _tag: "Waiting",
        question: `Codegen agent run ${run.id} asks: Which database? Answer at https://codegen.com/agent/trace/${run.id}.`,
      });
    }),
  );

  it.effect("asks by itself only for runs that the list does not show", () =>
    Effect.gen(function* () {
      const service = new Service();
      const hidden = service.add();
      for (let i = 0; i < 5; i++) service.add();
      service.before = ({ path, query }) => {
        if (!path.endsWith("/agent/runs") || query.get("skip") !== "0") return undefined;
        const items = service.runs.filter(({ id }) => id !== hidden.id);
        return json({ items, total: 6, page: 1, size: 100, pages: 1 });
      };
      const { agent: codegen, asked } = yield* agent(service.handler);
      const watching = yield* Effect.forEach(service.runs, ({ id }) =>
        Effect.forkChild(codegen.observe({ agent: "codegen", id: String(id) }, report().told)),
      );
      yield* TestClock.adjust("10 seconds");
      const singles = asked.filter(({ path }) => /\/run\/\d+$/.test(path));
      assert.isAbove(singles.length, 0);
      assert.isTrue(singles.every(({ path }) => path.endsWith(`/${hidden.id}`)));
      for (const run of service.runs) service.complete(run);
      yield* TestClock.adjust("10 seconds");
      for (const fiber of watching) {
        assert.strictEqual((yield* Fiber.join(fiber))._tag, "Succeeded");
      }
    }),
  );

  it.effect("goes on through two hours without the service and launches nothing", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler);
      const ref = yield* codegen.launch(request());
      const told = report();
      const watching = yield* Effect.forkChild(codegen.observe(ref, told.told));
      yield* TestClock.adjust("10 seconds");
      service.before = () => json({ message: "down" }, { status: 502 });
      const before = asked.length;
      for (let minute = 0; minute < 120; minute++) yield* TestClock.adjust("1 minute");
      assert.isBelow(asked.length - before, 200);
      service.before = () => undefined;
      service.complete(service.runs[0]!);
      for (let second = 0; second < 130; second++) yield* TestClock.adjust("1 second");
      assert.strictEqual((yield* Fiber.join(watching))._tag, "Succeeded");
      assert.strictEqual(launches(asked).length, 1);
      assert.strictEqual(told.progress.length, 3);
      assert.include(told.progress[1], "Out of sight");
    }),
  );

  it.effect("fails for an id that is none, and for a run that is not there", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler);
      const odd = yield* Effect.flip(
        codegen.observe({ agent: "codegen", id: "../users/me" }, report().told),
      );
      assert.strictEqual(odd.operation, "observe");
      assert.strictEqual(asked.length, 0);
      const gone = yield* Effect.forkChild(
        Effect.flip(codegen.observe({ agent: "codegen", id: "7" }, report().told)),
      );
      for (let second = 0; second < 20; second++) yield* TestClock.adjust("1 second");
      assert.include((yield* Fiber.join(gone)).message, "Agent run not found");
    }),
  );

  it.effect("watches 500 runs within the budget, and hears of each end in time", () =>
    Effect.gen(function* () {
      const service = new Service();
      for (let i = 0; i < 500; i++) service.add();
      const { agent: codegen, asked } = yield* agent(service.handler);
      const runs = service.runs.toReversed();
      const endedAt = new Map<number, number>();
      const lags: Array<number> = [];
      let second = 0;
      const watching = yield* Effect.forEach(runs, ({ id }) =>
        codegen.observe({ agent: "codegen", id: String(id) }, report().told).pipe(
          Effect.tap(() => Effect.sync(() => lags.push(second - endedAt.get(id)!))),
          Effect.forkChild,
        ),
      );
      const perHalfMinute: Array<number> = [];
      for (; lags.length < 500 && second < 1000; second++) {
        const run = runs[second];
        if (run !== undefined) {
          service.complete(run);
          endedAt.set(run.id, second);
        }
        const before = asked.length;
        yield* TestClock.adjust("1 second");
        perHalfMinute.push(asked.length - before);
      }
      for (const fiber of watching) yield* Fiber.join(fiber);
      const mean = lags.reduce((sum, lag) => sum + lag, 0) / lags.length;
      assert.isAtMost(mean, 3);
      const windows = perHalfMinute.map((_, i) =>
        perHalfMinute.slice(i, i + 30).reduce((sum, count) => sum + count, 0),
      );
      assert.isAtMost(Math.max(...windows), 60);
    }),
  );
});

describe("CodegenAgent.cancel", () => {
  it.effect("stops a run by a ban and believes only its status", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler);
      const ref = yield* codegen.launch(request());
      const run = service.runs[0]!;
      service.before = ({ path }) => (path.endsWith("/ban") ? json({}) : undefined);
      const stopping = yield* Effect.forkChild(codegen.cancel(ref));
      yield* TestClock.adjust("5 seconds");
      assert.isUndefined(stopping.pollUnsafe());
      run.status = "STOPPED";
      yield* TestClock.adjust("5 seconds");
      yield* Fiber.join(stopping);
      assert.strictEqual(asked.filter(({ path }) => path.endsWith("/ban")).length, 1);
    }),
  );

  it.effect("bans nothing that has ended, and fails for what is not there", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler);
      service.complete(service.add());
      yield* codegen.cancel({ agent: "codegen", id: "101" });
      const cancelling = yield* Effect.forkChild(
        Effect.flip(codegen.cancel({ agent: "codegen", id: "1" })),
      );
      yield* TestClock.adjust("10 seconds");
      assert.strictEqual((yield* Fiber.join(cancelling)).operation, "cancel");
      assert.isFalse(asked.some(({ path }) => path.endsWith("/ban")));
    }),
  );

  it.effect("bans nothing that ends while its stop waits for its turn", () =>
    Effect.gen(function* () {
      const service = new Service();
      for (let i = 0; i < 20; i++) service.add();
      const latch = yield* Latch.make();
      const slow: Handler = (asked) =>
        asked.path.endsWith("/ban")
          ? Effect.andThen(
              latch.await,
              Effect.sync(() => service.handler(asked) as Answer),
            )
          : service.handler(asked);
      const { agent: codegen, asked } = yield* agent(slow);
      const refs = service.runs.map(({ id }) => ({ agent: "codegen", id: String(id) }));
      const stopping = yield* Effect.forkChild(
        Effect.forEach(refs, (ref) => codegen.cancel(ref), { concurrency: "unbounded" }),
      );
      const bans = () => asked.filter(({ path }) => path.endsWith("/ban"));
      yield* TestClock.adjust("5 seconds");
      const begun = bans().map(({ body }) => (body as { agent_run_id: number }).agent_run_id);
      assert.isAtLeast(begun.length, 1);
      assert.isBelow(begun.length, 20);
      for (const run of service.runs) if (!begun.includes(run.id)) service.complete(run);
      yield* TestClock.adjust("5 seconds");
      yield* latch.open;
      yield* TestClock.adjust("5 seconds");
      yield* Fiber.join(stopping);
      assert.strictEqual(bans().length, begun.length);
    }),
  );
});

describe("CodegenAgent.find", () => {
  it.effect("looks through every page, however many there are", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen, asked } = yield* agent(service.handler);
      const ref = yield* codegen.launch(request());
      for (let i = 0; i < 350; i++) service.add();
      assert.deepStrictEqual(yield* codegen.find("r1/a/launch/1"), [ref]);
      assert.deepStrictEqual(yield* codegen.find("r1/b/launch/1"), []);
      const [list] = asked.filter(({ path }) => path.endsWith("/agent/runs"));
      assert.strictEqual(list?.query.get("source_type"), "API");
      assert.strictEqual(list?.query.get("user_id"), "5");
    }),
  );

  it.effect(
    "looks once for all who ask, and never answers with a look from before they asked",
    () =>
      Effect.gen(function* () {
        const service = new Service();
        const latch = yield* Latch.make();
        const slow: Handler = (asked) =>
          asked.path.endsWith("/agent/runs")
            ? Effect.andThen(
                latch.await,
                Effect.sync(() => service.handler(asked) as Answer),
              )
            : service.handler(asked);
        const { agent: codegen, asked } = yield* agent(slow);
        const lists = () => asked.filter(({ path }) => path.endsWith("/agent/runs")).length;
        const find = Effect.forkChild(codegen.find("r1/a/launch/1"), { startImmediately: true });
        const early = yield* find;
        for (let i = 0; i < 20 && lists() === 0; i++) yield* Effect.yieldNow;
        const late = yield* Effect.forEach([1, 2, 3, 4], () => find);
        yield* Fiber.interrupt(late[0]!);
        yield* codegen.launch(request());
        yield* latch.open;
        yield* Fiber.join(early);
        for (const fiber of late.slice(1)) assert.strictEqual((yield* Fiber.join(fiber)).length, 1);
        assert.strictEqual(lists(), 2);
      }),
  );

  it.effect("believes no list that lacks what was just launched, until that should be there", () =>
    Effect.gen(function* () {
      const service = new Service();
      service.before = ({ path }) =>
        path.endsWith("/agent/runs") ? json({ items: [], total: 0 }) : undefined;
      const { agent: codegen } = yield* agent(service.handler, { settleSeconds: 120 });
      yield* codegen.launch(request());
      const error = yield* Effect.flip(codegen.find("r1/b/launch/1"));
      assert.include(error.message, "does not show 101 yet");
      yield* TestClock.adjust("121 seconds");
      assert.deepStrictEqual(yield* codegen.find("r1/b/launch/1"), []);
    }),
  );

  it.effect("tells all runs with one key", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen } = yield* agent(service.handler);
      yield* codegen.launch(request());
      yield* codegen.launch(request());
      assert.strictEqual((yield* codegen.find("r1/a/launch/1")).length, 2);
    }),
  );

  it.effect("misses none that new runs push to the next page meanwhile", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen } = yield* agent(service.handler);
      const ref = yield* codegen.launch(request());
      for (let i = 0; i < 150; i++) service.add();
      let isFirst = true;
      service.before = ({ path, query }) => {
        if (!path.endsWith("/agent/runs") || query.get("skip") === "0" || !isFirst)
          return undefined;
        isFirst = false;
        for (let i = 0; i < 95; i++) service.add();
        return undefined;
      };
      const found = yield* codegen.find("r1/a/launch/1");
      assert.deepStrictEqual(found, [ref]);
    }),
  );

  it.effect("begins again when runs between two pages vanish", () =>
    Effect.gen(function* () {
      const service = new Service();
      const { agent: codegen } = yield* agent(service.handler);
      for (let i = 0; i < 60; i++) service.add();
      const ref = yield* codegen.launch(request());
      for (let i = 0; i < 120; i++) service.add();
      let isFirst = true;
      service.before = ({ path, query }) => {
        if (!path.endsWith("/agent/runs") || query.get("skip") === "0" || !isFirst)
          return undefined;
        isFirst = false;
        service.runs.splice(0, 60);
        return undefined;
      };
      assert.deepStrictEqual(yield* codegen.find("r1/a/launch/1"), [ref]);
    }),
  );

  const incomplete = [
    ["a page that fails", () => json({ message: "down" }, { status: 500 })],
    ["a token that is refused", () => json({ message: "no" }, { status: 401 })],
    ["HTML", () => html()],
    ["a list without items", () => json({ total: 0 })],
    ["a list that shows less than it counts", () => json({ items: [], total: 3 })],
    ["an item without an id", () => json({ items: [{ status: "ACTIVE" }], total: 1 })],
  ] as const;
  for (const [what, answer] of incomplete) {
    it.effect(`fails, instead of finding nothing, after ${what}`, () =>
      Effect.gen(function* () {
        const service = new Service();
        service.before = ({ path }) => (path.endsWith("/agent/runs") ? answer() : undefined);
        const { agent: codegen } = yield* agent(service.handler);
        const finding = yield* Effect.forkChild(Effect.flip(codegen.find("r1/a/launch/1")));
        for (let minute = 0; minute < 30; minute++) yield* TestClock.adjust("1 minute");
        const error = yield* Fiber.join(finding);
        assert.strictEqual(error.operation, "find");
        assert.notInclude(error.message, token);
      }),
    );
  }
});
