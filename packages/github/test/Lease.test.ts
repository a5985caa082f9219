import { assert, describe, expect, it } from "@effect/vitest";
import type { Agent } from "@orchestrator/core";
import { ScriptedAgent } from "@orchestrator/core/testing";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Runtime from "effect/Runtime";
import * as TestClock from "effect/testing/TestClock";
import type { LeaseHeld } from "../src/Lease.ts";
import { contender, elapse, skewed, within } from "./support/contenders.ts";
import { RefServer, type Settings } from "./support/refServer.ts";
import { type Asked, broken, type Handler, refused } from "./support/stub.ts";

const ref = "orchestrator/lease";
const branch = "heads/orchestrator-lease";

const start = Date.UTC(2026, 10, 21, 20, 0);

const world = Effect.fnUntraced(function* (settings: Partial<Settings> = {}) {
  yield* TestClock.setTime(start);
  const clock = yield* Clock.Clock;
  const server = new RefServer({ now: () => clock.currentTimeMillisUnsafe(), ...settings });
  const handler: Handler = (asked) => server.handle(asked);
  return { clock, server, handler };
});

/** What `name` wrote into the ref. */
const writtenIn = (server: RefServer, name = ref): string =>
  server.commits.get(server.refs.get(name) ?? "")?.message ?? "";

/** A handler that another one can be put in the place of. */
const switched = (usual: Handler) => {
  const state = { handler: usual };
  const handler: Handler = (asked, count) => state.handler(asked, count);
  return { handler, state, usual };
};

const isChange = ({ method }: Asked): boolean => method !== "GET";

describe("a lease", () => {
  it.effect("is a ref outside of the branches that says who works on the repository", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("run-a", handler);
      const lease = yield* within(10, a.make);
      assert.isTrue(lease.isHeld);
      assert.deepStrictEqual([...server.refs.keys()], [ref]);
      for (const said of ["run-a", "host of run-a", '"process":"1"', '"seconds":120']) {
        assert.include(writtenIn(server), said);
      }
    }),
  );

  it.effect("makes nobody be mentioned and closes nothing", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("fixes acme/shop#1 @octocat", handler);
      yield* within(10, a.make);
      assert.notMatch(writtenIn(server), /[@#]/);
      const b = yield* contender("b", handler);
      const error = yield* within(10, Effect.flip(b.make));
      assert.include(error.message, "fixes acme/shop#1 @octocat");
    }),
  );

  it.effect("keeps others away, who are told who has it, until when and what to try", () =>
    Effect.gen(function* () {
      const { handler } = yield* world();
      yield* within(10, (yield* contender("run-a", handler)).make);
      yield* elapse(200);
      const b = yield* contender("run-b", handler);
      const error = (yield* within(10, Effect.flip(b.make))) as LeaseHeld;
      assert.strictEqual(error._tag, "LeaseHeld");
      assert.strictEqual(error[Runtime.errorExitCode], 4);
      assert.deepStrictEqual(error.holder?.run, "run-a");
      const said =
        "The run run-a on host of run-a (process 1) works on acme/shop, since 2026-11-21T20:00:0";
      assert.include(error.message, said);
      assert.include(error.message, "until 2026-11-21T20:05:0");
      assert.match(error.message, /if its process is gone, try again in \d\d s,/);
      assert.include(error.message, "git push <remote> --delete refs/orchestrator/lease");
    }),
  );

  it.effect("is given back when its holder ends", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("run-a", handler);
      yield* within(10, a.make);
      yield* elapse(100);
      yield* within(10, a.close);
      assert.deepStrictEqual([...server.refs.keys()], []);
      const b = yield* contender("run-b", handler);
      assert.isTrue((yield* within(10, b.make)).isHeld);
    }),
  );

  it.effect("costs no request to look at while it is renewed", () =>
    Effect.gen(function* () {
      const { handler } = yield* world();
      const a = yield* contender("run-a", handler);
      const lease = yield* within(10, a.make);
      yield* elapse(3_590);
      const before = a.asked.length;
      yield* Effect.replicateEffect(lease.check, 100);
      assert.strictEqual(a.asked.length, before);
      // One tree; a commit and a move of the ref for each renewal, every minute.
      expect(a.asked.filter(isChange).length).toBeLessThan(125);
    }),
  );

  it.effect("that was not given back is taken over when it has run out and stayed so", () =>
    Effect.gen(function* () {
      const { handler } = yield* world();
      const { handler: broken_, state } = switched(handler);
      const a = yield* contender("run-a", broken_);
      const lease = yield* within(10, a.make);
      state.handler = () => broken("ECONNREFUSED");
      yield* elapse(180);
      const b = yield* contender("run-b", handler);
      const began = yield* Clock.currentTimeMillis;
      assert.isTrue((yield* within(150, b.make)).isHeld);
      expect((yield* Clock.currentTimeMillis) - began).toBeGreaterThanOrEqual(120_000);
      assert.include(b.notes[0], "in 120 s, if nobody renews it, it is taken over");
      state.handler = handler;
      const lost = yield* within(30, lease.lost);
      assert.strictEqual(lost[Runtime.errorExitCode], 4);
      assert.include(lost.message, "The run run-b on host of run-b (process 1) took over");
      assert.strictEqual((yield* Effect.flip(lease.check))._tag, "LeaseLost");
    }),
  );

  it.effect("of a holder that is certainly gone is taken over at once", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      yield* within(10, (yield* contender("run-a", handler)).make);
      const isGone = ({ run }: { readonly run: string }) => Effect.succeed(run === "run-a");
      const b = yield* contender("run-b", handler, { isGone });
      assert.isTrue((yield* within(10, b.make)).isHeld);
      assert.include(writtenIn(server), '"epoch":2');
    }),
  );

  it.effect("that its holder renews after all is not taken over", () =>
    Effect.gen(function* () {
      const { handler } = yield* world();
      const { handler: away, state } = switched(handler);
      const a = yield* contender("run-a", away);
      const lease = yield* within(10, a.make);
      state.handler = () => broken("ECONNREFUSED");
      yield* elapse(200);
      const b = yield* contender("run-b", handler);
      const fiber = yield* Effect.forkChild(Effect.flip(b.make));
      yield* elapse(60);
      state.handler = handler;
      assert.strictEqual((yield* within(100, Fiber.join(fiber)))._tag, "LeaseHeld");
      yield* within(10, lease.check);
    }),
  );

  it.effect("that a look does not show yet is not taken for free", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      yield* within(10, (yield* contender("run-a", handler)).make);
      let looks = 0;
      const b = yield* contender("run-b", (asked, count) => {
        const isLook = asked.url.pathname.includes("/git/ref/");
        return isLook && ++looks <= 6 ? refused(404, "Not Found") : handler(asked, count);
      });
      const error = yield* within(30, Effect.flip(b.make));
      assert.strictEqual(error._tag, "LeaseHeld");
      assert.deepStrictEqual([...server.refs.keys()], [ref]);
    }),
  );

  it.effect("is not touched when somebody else holds it at the end", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("run-a", handler);
      yield* within(10, a.make);
      const isGone = () => Effect.succeed(true);
      yield* within(10, (yield* contender("run-b", handler, { isGone })).make);
      const held = server.refs.get(ref);
      yield* within(10, a.close);
      assert.strictEqual(server.refs.get(ref), held);
    }),
  );

  it.effect("that runs out soon is left to run out instead of being deleted", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const { handler: away, state } = switched(handler);
      const a = yield* contender("run-a", away);
      yield* within(10, a.make);
      state.handler = () => broken("ECONNREFUSED");
      yield* elapse(100);
      state.handler = handler;
      yield* within(10, a.close);
      assert.isTrue(server.refs.has(ref));
      assert.include(a.notes.at(-1), "was not given back");
    }),
  );

  it.effect("that GitHub does not answer about is given up after two seconds", () =>
    Effect.gen(function* () {
      const { handler } = yield* world();
      const { handler: away, state } = switched(handler);
      const a = yield* contender("run-a", away);
      yield* within(10, a.make);
      state.handler = () => "hang";
      yield* within(3, a.close);
      assert.include(a.notes.at(-1), "GitHub did not answer within 2 seconds");
    }),
  );

  it.effect("is given back to the end by who is told to end meanwhile", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const context = yield* Effect.context<never>();
      const slow: Handler = async (asked) => {
        await Effect.runPromiseWith(context)(Effect.sleep("900 millis"));
        return handler(asked, 0);
      };
      const { handler: away, state } = switched(handler);
      const a = yield* contender("run-a", away);
      yield* within(10, a.make);
      state.handler = slow;
      const closing = yield* Effect.forkDetach(a.close);
      yield* elapse(1);
      assert.isTrue(server.refs.has(ref));
      yield* within(3, Fiber.interrupt(closing));
      assert.isFalse(server.refs.has(ref));
    }),
  );

  it.effect("that somebody deleted is lost", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("run-a", handler);
      const lease = yield* within(10, a.make);
      server.put(ref, undefined);
      const lost = yield* within(70, lease.lost);
      assert.include(lost.message, "Somebody deleted the lease of acme/shop");
      assert.isFalse(server.refs.has(ref));
    }),
  );

  it.effect("is not taken where the ref holds something else", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      for (const other of [server.commit("feat: a cart"), "5ca1ab1e"]) {
        server.put(ref, other);
        const a = yield* contender("run-a", handler);
        const error = yield* within(10, Effect.flip(a.make));
        assert.strictEqual(error._tag, "LeaseHeld");
        assert.include(error.message, "holds something else");
      }
    }),
  );
});

describe("a lost answer", () => {
  const lose = (method: string, what: string, handler: Handler) => {
    let isLost = false;
    const lossy: Handler = async (asked, count) => {
      const answer = await handler(asked, count);
      if (isLost || asked.method !== method || !asked.url.pathname.includes(what)) return answer;
      isLost = true;
      return broken("ECONNRESET");
    };
    return lossy;
  };

  it.effect("to the creation leaves the lease with whom it was made for", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("run-a", lose("POST", "/git/refs", handler));
      assert.isTrue((yield* within(10, a.make)).isHeld);
      assert.strictEqual(server.changes.length, 1);
    }),
  );

  it.effect("to a renewal is no loss, and costs no second one", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("run-a", lose("PATCH", "/git/refs", handler));
      const lease = yield* within(10, a.make);
      yield* elapse(65);
      yield* lease.check;
      assert.strictEqual(server.changes.length, 2);
      assert.deepStrictEqual(a.notes, []);
    }),
  );

  it.effect("to the deletion of the lease leaves nothing behind", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      const a = yield* contender("run-a", lose("DELETE", "/git/refs", handler));
      yield* within(10, a.make);
      yield* within(10, a.close);
      assert.isFalse(server.refs.has(ref));
    }),
  );
});

describe("where refs of one's own are refused", () => {
  it.effect("the lease is a branch", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world({ refused: ["orchestrator/"] });
      const a = yield* contender("run-a", handler);
      assert.isTrue((yield* within(10, a.make)).isHeld);
      assert.deepStrictEqual([...server.refs.keys()], [branch]);
      const b = yield* contender("run-b", handler);
      assert.strictEqual((yield* within(10, Effect.flip(b.make)))._tag, "LeaseHeld");
    }),
  );

  it.effect("of two at different refs one gives way", () =>
    Effect.gen(function* () {
      const { server } = yield* world();
      const other = new RefServer({ now: () => start });
      const held = yield* contender("run-a", (asked) => other.handle(asked));
      yield* within(10, held.make);
      const lease = [...other.commits.values()].at(-1)!;
      // The branch appears between the look at it and the creation of the ref.
      const late: Handler = (asked) => {
        if (asked.method === "POST" && asked.url.pathname.endsWith("/git/refs")) {
          server.commits.set(lease.sha, lease);
          server.put(branch, lease.sha);
        }
        return server.handle(asked);
      };
      const b = yield* contender("run-b", late);
      assert.strictEqual((yield* within(20, Effect.flip(b.make)))._tag, "LeaseHeld");
      assert.deepStrictEqual([...server.refs.keys()], [branch]);
    }),
  );

  it.effect("only now and then, the lease is where it belongs", () =>
    Effect.gen(function* () {
      const { handler, server } = yield* world();
      let isRefused = false;
      const a = yield* contender("run-a", (asked, count) => {
        if (isRefused || !asked.url.pathname.endsWith("/git/refs")) return handler(asked, count);
        isRefused = true;
        return refused(422, "Reference update failed");
      });
      yield* within(10, a.make);
      assert.deepStrictEqual([...server.refs.keys()], [ref]);
    }),
  );

  it.effect("and branches too, there is no lease, and that is told", () =>
    Effect.gen(function* () {
      const { handler } = yield* world({ refused: ["orchestrator/", "heads/"] });
      const a = yield* contender("run-a", handler);
      assert.isFalse((yield* within(10, a.make)).isHeld);
      assert.include(a.notes[0], "There is no lease on acme/shop");
    }),
  );
});

describe("a token that may not write refs", () => {
  const forbidden: Handler = ({ method }) =>
    method === "GET"
      ? refused(404, "Not Found")
      : refused(403, "Resource not accessible by personal access token");

  it.effect("is told what it lacks, and runs without a lease", () =>
    Effect.gen(function* () {
      const a = yield* contender("run-a", forbidden);
      const lease = yield* within(10, a.make);
      assert.isFalse(lease.isHeld);
      assert.include(a.notes[0], "Contents: write");
      yield* lease.check;
      assert.strictEqual(a.notes.length, 1);
    }),
  );

  it.effect("is told of what others left in the repository", () =>
    Effect.gen(function* () {
      const foreignMarkers = Effect.succeed(["the run r-1 wrote acme/shop#3 at 20:01"]);
      const a = yield* contender("run-a", forbidden, { foreignMarkers });
      yield* within(10, a.make);
      const said =
        "Another orchestrator may be at work on acme/shop: the run r-1 wrote acme/shop#3 at 20:01.";
      assert.strictEqual(a.notes[1], said);
    }),
  );
});

describe("an agent behind the lease", () => {
  const request: Agent.LaunchRequest = {
    run: "run",
    task: { id: "a", prompt: "Do it." },
    attempt: 1,
    key: "run/a/launch/1",
    dependencies: () => [],
    previousFailure: undefined,
  };

  const guarded = Effect.fnUntraced(function* () {
    const { clock, handler, server } = yield* world();
    const { handler: away, state } = switched(handler);
    const a = yield* contender("run-a", away);
    const lease = yield* within(10, a.make);
    const scripted = ScriptedAgent.make();
    return {
      agent: lease.guard(scripted.agent),
      a,
      clock,
      handler,
      lease,
      scripted,
      server,
      state,
    };
  });

  it.effect("is launched while the lease is held", () =>
    Effect.gen(function* () {
      const { agent, scripted } = yield* guarded();
      yield* elapse(600);
      yield* within(1, agent.launch(request));
      assert.strictEqual(scripted.launches.length, 1);
    }),
  );

  it.effect("is launched no more once the lease is lost", () =>
    Effect.gen(function* () {
      const { agent, lease, scripted, server } = yield* guarded();
      server.put(ref, undefined);
      yield* within(70, lease.lost);
      const error = yield* within(1, Effect.flip(agent.launch(request)));
      assert.deepInclude(error, { _tag: "LaunchError", reason: "Exhausted" });
      assert.strictEqual(scripted.launches.length, 0);
    }),
  );

  it.effect("waits while the lease cannot be renewed, and is not sent if that lasts", () =>
    Effect.gen(function* () {
      const { agent, scripted, state } = yield* guarded();
      state.handler = () => broken("ECONNREFUSED");
      yield* elapse(200);
      const error = yield* within(70, Effect.flip(agent.launch(request)));
      assert.deepInclude(error, { _tag: "LaunchError", reason: "Exhausted" });
      // It is no fault of the task, which waits as long as it takes.
      assert.isNumber(error.until);
      assert.strictEqual(scripted.launches.length, 0);
    }),
  );

  it.effect("is launched when GitHub answers again", () =>
    Effect.gen(function* () {
      const { agent, handler, scripted, state } = yield* guarded();
      state.handler = () => broken("ECONNREFUSED");
      yield* elapse(200);
      const fiber = yield* Effect.forkChild(agent.launch(request));
      yield* elapse(20);
      assert.strictEqual(scripted.launches.length, 0);
      state.handler = handler;
      yield* within(20, Fiber.join(fiber));
      assert.strictEqual(scripted.launches.length, 1);
    }),
  );

  it.effect("is not launched by a machine that slept, before it knows better", () =>
    Effect.gen(function* () {
      const { a: away, clock, handler } = yield* guarded();
      yield* within(10, away.close);
      let slept = 0;
      const sleepy = skewed(clock, () => slept);
      const sleeper = yield* contender("sleeper", handler);
      const lease = yield* within(10, Effect.provideService(sleeper.make, Clock.Clock, sleepy));
      const isGone = () => Effect.succeed(true);
      yield* within(10, (yield* contender("run-b", handler, { isGone })).make);
      slept = 3_600_000;
      const check = Effect.provideService(lease.check, Clock.Clock, sleepy);
      const error = yield* within(10, Effect.flip(check));
      assert.strictEqual(error._tag, "LeaseLost");
    }),
  );

  it.effect("may wait for the lease beside what the agent itself may wait", () =>
    Effect.gen(function* () {
      const { agent, scripted } = yield* guarded();
      const before = scripted.agent.capabilities.launchPatienceSeconds ?? 0;
      assert.strictEqual(agent.capabilities.launchPatienceSeconds, before + 60);
    }),
  );
});
