import { assert, describe, it } from "@effect/vitest";
import { AgentPool, Journal, Orchestrator, Reporter } from "@orchestrator/core";
import { ReporterContract, ScriptedAgent } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as GitHubReporter from "../src/GitHubReporter.ts";
import * as RateLimits from "../src/RateLimits.ts";
import * as ReportMarker from "../src/ReportMarker.ts";
import { type Desk, desk } from "./support/issueDesk.ts";
import { type Event, intended, report, run, started, task } from "./support/reports.ts";
import { broken, client, json, pass, refused, within } from "./support/stub.ts";

const secret = Redacted.make("secret");
const everything = {
  labels: {},
  board: { owner: "acme", number: 1 },
  closeIssues: true,
} satisfies Partial<GitHubReporter.Options>;

const delivered: Event = { _tag: "AgentRunEnded", attempt: 1, end: { _tag: "Succeeded" } };
const landing: Event = { _tag: "LandingStarted", attempt: 1 };
const succeeded: Event = { _tag: "TaskEnded", outcome: "Succeeded" };
const failed: Event = {
  _tag: "TaskEnded",
  outcome: "Failed",
  reason: { _tag: "AttemptFailed", failure: { class: "agent", message: "red" } },
};

const working = report([intended(), started()]);
const done = report([intended(), started(), delivered, succeeded]);

const reporterOf = Effect.fnUntraced(function* (
  github: Desk,
  options: Partial<GitHubReporter.Options> = {},
) {
  const { asked, client: made } = yield* client(github.handler);
  const all = yield* GitHubReporter.make(made, { secret, ...options });
  return { asked, ...all };
});

const setUp = Effect.fnUntraced(function* (options: Partial<GitHubReporter.Options> = {}) {
  const github = desk();
  const { asked, landing: say, reporter } = yield* reporterOf(github, options);
  const soon = <A, E>(effect: Effect.Effect<A, E>) => within("2 minutes", effect);
  const update = (told: Reporter.Report, id = "1") => soon(reporter.update({ id }, told));
  return { asked, github, reporter, say, soon, update };
});

/** Runs the task to its end, with what GitHub does. */
const whole = (github: Desk, options: Partial<GitHubReporter.Options> = {}) =>
  Effect.gen(function* () {
    const { reporter } = yield* reporterOf(github, options);
    const scripted = ScriptedAgent.make({
      "acme/shop#1": ScriptedAgent.succeeds("all done", "10 minutes"),
    });
    const layer = Orchestrator.Orchestrator.layer.pipe(
      Layer.provideMerge(
        Layer.mergeAll(
          AgentPool.AgentPool.layer({ agents: [{ agent: scripted.agent }] }),
          Journal.Journal.layerMemory,
          Layer.succeed(Reporter.Reporter, reporter),
        ),
      ),
    );
    const plan = [task(), { id: "b" }, task({ id: "other" })];
    const running = Effect.flatMap(Orchestrator.Orchestrator, (service) =>
      service.run(plan, { run }),
    );
    return yield* within("30 minutes", running.pipe(Effect.provide(layer)), 5_000);
  });

describe("reports on GitHub", () => {
  it.effect("are one comment, one label, one status and, in the end, a closed issue", () =>
    Effect.gen(function* () {
      const { github, reporter, soon, update } = yield* setUp(everything);
      assert.deepStrictEqual(yield* soon(reporter.create(working)), { id: "1" });
      yield* update(working);
      assert.deepStrictEqual(github.labels, ["bug", "status:in-progress"]);
      assert.strictEqual(github.board.option, "o1");
      yield* update(done);
      assert.lengthOf(github.comments, 1);
      assert.include(github.comments[0]!.body, "**🟢 Completed**");
      assert.deepStrictEqual(github.labels, ["bug", "status:completed"]);
      assert.deepInclude(github, { state: "closed" });
      assert.strictEqual(github.board.option, "o2");
    }),
  );

  it.effect("that say nothing new are not sent", () =>
    Effect.gen(function* () {
      const { github, reporter, soon, update } = yield* setUp({ labels: {} });
      yield* soon(reporter.create(working));
      yield* update(working);
      const before = github.changes.length;
      yield* update(working);
      assert.lengthOf(github.changes, before);
    }),
  );

  it.effect("that were stopped on their way are sent again", () =>
    Effect.gen(function* () {
      const { github, reporter, soon, update } = yield* setUp();
      yield* soon(reporter.create(working));
      github.after = ({ method }) => (method === "PATCH" ? "hang" : undefined);
      const updating = yield* Effect.forkChild(reporter.update({ id: "1" }, done));
      yield* pass("5 seconds");
      yield* Fiber.interrupt(updating);
      assert.include(github.comments[0]!.body, "Completed");
      github.after = () => undefined;
      yield* update(working);
      assert.include(github.comments[0]!.body, "In progress");
    }),
  );

  it.effect("are only what is asked for", () =>
    Effect.gen(function* () {
      const bare = yield* setUp({ comments: false });
      const ref = yield* bare.soon(bare.reporter.create(working));
      assert.deepStrictEqual(ref, { id: "acme/shop#1" });
      assert.deepStrictEqual(yield* bare.soon(bare.reporter.find(working)), [ref]);
      yield* bare.update(done, ref.id);
      assert.lengthOf(bare.asked, 0);
      const labels = yield* setUp({ comments: false, labels: {} });
      yield* labels.update(done, ref.id);
      assert.deepStrictEqual(labels.github.labels, ["bug", "status:completed"]);
      assert.deepInclude(labels.github, { comments: [], state: "open" });
    }),
  );

  it.effect("close the issue only of a task that succeeded", () =>
    Effect.gen(function* () {
      const { github, update } = yield* setUp({ comments: false, closeIssues: true });
      yield* update(report([intended(), started(), failed]), "acme/shop#1");
      assert.deepStrictEqual(github.changes, []);
    }),
  );

  it.effect("are for tasks that come from issues", () =>
    Effect.gen(function* () {
      const { reporter } = yield* setUp();
      const covers = (payload: unknown) =>
        reporter.covers(report([], { id: "a", payload: payload as never }).state);
      assert.isTrue(reporter.covers(working.state));
      assert.isFalse(covers(undefined));
      assert.isFalse(covers({ run: "make" }));
      assert.isFalse(covers({ github: { repository: "../..", number: 1 } }));
      assert.isFalse(covers({ github: { repository: "acme/shop", number: -1 } }));
    }),
  );

  it.effect("make up for what failed beside the comment, and repeat nothing else", () =>
    Effect.gen(function* () {
      const { github, reporter, soon, update } = yield* setUp(everything);
      yield* soon(reporter.create(working));
      github.before = (_, operation) =>
        /labels/.test(operation) && !operation.startsWith("GET")
          ? refused(403, "Resource not accessible by integration")
          : undefined;
      const error = yield* Effect.flip(update(done));
      assert.strictEqual(error.reason, "Rejected");
      assert.match(error.message, /^the label: GitHub refused .* give it Issues: write\.$/);
      assert.include(github.comments[0]!.body, "Completed");
      assert.deepInclude(github, { state: "closed" });
      github.before = () => undefined;
      const before = github.changes.length;
      yield* update(done);
      assert.deepStrictEqual(github.labels, ["bug", "status:completed"]);
      assert.deepStrictEqual(github.changes.slice(before), [
        "POST /labels",
        "POST /issues/1/labels",
      ]);
    }),
  );

  it.effect("do not come back when somebody deletes the comment", () =>
    Effect.gen(function* () {
      const { github, reporter, soon, update } = yield* setUp({ labels: {} });
      yield* soon(reporter.create(working));
      github.comments.length = 0;
      const error = yield* Effect.flip(update(done));
      assert.match(error.message, /^the comment: GitHub refused the comment 1 on acme\/shop#1/);
      yield* update(done);
      assert.lengthOf(github.comments, 0);
      assert.deepStrictEqual(github.labels, ["bug", "status:completed"]);
    }),
  );

  it.effect("are found among all comments, by their marks and their author", () =>
    Effect.gen(function* () {
      const { github, reporter, soon } = yield* setUp();
      const { key } = working;
      const mark = (of: object = {}, with_ = secret) =>
        ReportMarker.make(with_, { run, key, repository: "acme/shop", number: 1, ...of });
      const say = (body: string, login = "operator") =>
        github.comments.push({ id: github.comments.length + 1, body, user: { login } });
      for (let index = 0; index < 150; index++) say("talk", "eve");
      say(`${mark()}\ncopied`, "eve");
      say(`${mark({}, Redacted.make("guessed"))}\nforged`);
      say(`${mark({ number: 2 })}\nof another issue`);
      say(`${mark({ run: "run-0" })}\nof another run`);
      say(`> ${mark()}\nquoted`);
      assert.deepStrictEqual(yield* soon(reporter.find(working)), []);
      yield* soon(reporter.create(working));
      assert.deepStrictEqual(yield* soon(reporter.find(working)), [{ id: "156" }]);
    }),
  );

  it.effect("that could not be listed whole are not taken for absent", () =>
    Effect.gen(function* () {
      const { github, reporter, soon } = yield* setUp();
      for (let id = 0; id < 120; id++)
        github.comments.push({ id, body: "", user: { login: "eve" } });
      github.before = ({ url }) =>
        url.searchParams.has("page") ? refused(404, "Not Found") : undefined;
      const error = yield* Effect.flip(soon(reporter.find(working)));
      assert.strictEqual(error._tag, "ReportError");
    }),
  );

  it.effect("know whether a comment can exist that was not answered", () =>
    Effect.gen(function* () {
      const answers = [
        [broken("ECONNREFUSED"), "NotSent"],
        [broken("ECONNRESET"), "Ambiguous"],
        [refused(502, "Bad Gateway"), "Ambiguous"],
        [new Response("<html>", { headers: { "content-type": "text/html" } }), "Ambiguous"],
        [refused(307, "Temporary Redirect", { location: "https://evil.example" }), "NotSent"],
        [new Response("<html>", { status: 403 }), "Ambiguous"],
        [refused(401, "Bad credentials"), "NotSent"],
        [refused(403, "Resource not accessible by integration"), "Rejected"],
        [refused(410, "Issues are disabled"), "Rejected"],
        [json({ message: "Validation Failed" }, {}, 422), "Rejected"],
        [json({ id: "?" }, {}, 201), "Ambiguous"],
      ] as const;
      for (const [answer, reason] of answers) {
        const { asked, github, reporter, soon } = yield* setUp();
        github.before = () => answer;
        const error = yield* Effect.flip(soon(reporter.create(working)));
        assert.strictEqual(error.reason, reason, error.message);
        assert.lengthOf(asked, 1);
      }
    }),
  );

  it.effect("that a limit refuses are sent when it is over, and that counts as once", () =>
    Effect.gen(function* () {
      const { asked, github, reporter, soon } = yield* setUp();
      const limit = () => refused(403, "secondary rate limit", { "retry-after": "30" });
      github.before = () => (asked.length < 3 ? limit() : undefined);
      assert.deepStrictEqual(yield* soon(reporter.create(working)), { id: "1" });
      assert.deepStrictEqual(
        asked.map(({ at }) => Math.round(at / 30_000)),
        [0, 1, 2],
      );
      const tired = yield* setUp({ patienceSeconds: 100_000 });
      tired.github.before = limit;
      const creating = within("1 hour", tired.reporter.create(working), 5_000);
      assert.strictEqual((yield* Effect.flip(creating)).reason, "NotSent");
      assert.lengthOf(tired.asked, 4);
    }),
  );

  it.effect("that wait too long for their turn were certainly not sent", () =>
    Effect.gen(function* () {
      const { asked, github, reporter, soon, update } = yield* setUp({ patienceSeconds: 20 });
      github.before = () =>
        asked.length > 1
          ? undefined
          : refused(403, "secondary rate limit", { "retry-after": "60" });
      yield* Effect.flip(update(working));
      const error = yield* Effect.flip(soon(reporter.create(working)));
      assert.strictEqual(error.reason, "NotSent");
      assert.lengthOf(asked, 1);
    }),
  );

  it.effect("follow a landing, many sayings as one", () =>
    Effect.gen(function* () {
      const { github, reporter, say, soon, update } = yield* setUp();
      const lands = report([intended(), started(), delivered, landing]);
      const checks = (state: "pending" | "success") => ({ checks: [{ name: "CI", state }] });
      yield* soon(reporter.create(working));
      yield* say("acme/shop#1", checks("pending"));
      yield* pass("1 minute");
      assert.lengthOf(github.changes, 1);
      yield* update(lands);
      assert.notInclude(github.comments[0]!.body, "🟡 CI");
      yield* pass("1 minute");
      assert.include(github.comments[0]!.body, "🟡 CI");
      for (let time = 0; time < 5; time++) yield* say("acme/shop#1", checks("success"));
      yield* pass("1 minute");
      assert.include(github.comments[0]!.body, "🟢 CI");
      assert.lengthOf(github.changes, 3);
      yield* update(done);
      yield* say("acme/shop#1", checks("pending"));
      yield* pass("1 minute");
      assert.lengthOf(github.changes, 4);
    }),
  );
});

describe("the contract of reporters", () => {
  const make = Effect.gen(function* () {
    const github = desk();
    const { client: made } = yield* client(github.handler, {
      limits: RateLimits.make({ writeSpacingMillis: 0 }),
    });
    const { reporter } = yield* GitHubReporter.make(made, { secret, ...everything });
    const written = Effect.sync(() => github.comments.length);
    return { reporter, tasks: [task(), task({ id: "b" })] as const, written };
  });
  for (const { check, name } of ReporterContract.make({ make })) it.effect(name, () => check);
});

describe("a run that reports on GitHub", () => {
  it.effect("writes one comment although the answer to it was lost", () =>
    Effect.gen(function* () {
      const github = desk();
      let lost = 0;
      github.after = (_, operation) =>
        operation === "POST /issues/1/comments" && lost++ === 0 ? broken("ECONNRESET") : undefined;
      const { outcome, state } = yield* whole(github, everything);
      assert.strictEqual(outcome, "succeeded");
      const mine = github.comments.filter(({ body }) => body.includes("acme%252Fshop%25231"));
      assert.lengthOf(mine, 1);
      assert.include(mine[0]!.body, "**🟢 Completed**");
      assert.include(mine[0]!.body, "all done");
      assert.lengthOf(github.comments, 2);
      assert.deepStrictEqual(github.labels, ["bug", "status:completed"]);
      assert.deepStrictEqual(state.warnings, []);
    }),
  );

  it.effect("writes it again only if it was certainly lost", () =>
    Effect.gen(function* () {
      const github = desk();
      const posts: Array<number> = [];
      github.before = ({ at }, operation) => {
        if (operation !== "POST /issues/1/comments") return undefined;
        posts.push(at);
        return posts.length === 1 ? broken("ECONNRESET") : undefined;
      };
      yield* whole(github);
      assert.lengthOf(posts, 3);
      assert.lengthOf(github.comments, 2);
      assert.isAtLeast(posts[2]! - posts[0]!, 180_000);
    }),
  );

  it.effect("makes up for what a revoked token could not tell, once it is resumed", () =>
    Effect.gen(function* () {
      const github = desk();
      const journal = Journal.makeMemory();
      const scripted = ScriptedAgent.make(
        { "acme/shop#1": ScriptedAgent.succeeds("all done", "10 minutes") },
        { capabilities: { survives: true } },
      );
      const layer = Effect.map(reporterOf(github, everything), ({ reporter }) =>
        Orchestrator.Orchestrator.layer.pipe(
          Layer.provideMerge(
            Layer.mergeAll(
              AgentPool.AgentPool.layer({ agents: [{ agent: scripted.agent }] }),
              Layer.succeed(Journal.Journal, journal),
              Layer.succeed(Reporter.Reporter, reporter),
            ),
          ),
        ),
      );
      github.before = () => refused(401, "Bad credentials");
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.start([task()], { run });
        yield* pass("1 minute");
        yield* handle.suspend();
        assert.lengthOf(handle.state.warnings, 1);
        assert.include(handle.state.warnings[0]!, "could not be reported for now: GitHub refused");
      }).pipe(Effect.scoped, Effect.provide(yield* layer));
      assert.lengthOf(github.comments, 0);
      github.before = () => undefined;
      yield* Effect.gen(function* () {
        const service = yield* Orchestrator.Orchestrator;
        const handle = yield* service.resume(run);
        yield* within("30 minutes", handle.result, 5_000);
      }).pipe(Effect.scoped, Effect.provide(yield* layer));
      assert.lengthOf(github.comments, 1);
      assert.include(github.comments[0]!.body, "**🟢 Completed**");
      assert.deepStrictEqual(github.labels, ["bug", "status:completed"]);
    }),
  );

  it.effect("fails no task because nothing can be told", () =>
    Effect.gen(function* () {
      const github = desk();
      github.before = () => refused(403, "Resource not accessible by integration");
      const { outcome, state } = yield* whole(github, everything);
      assert.strictEqual(outcome, "succeeded");
      assert.lengthOf(state.warnings, 2);
    }),
  );
});
