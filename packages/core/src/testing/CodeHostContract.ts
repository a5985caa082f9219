/**
 * What the engine relies on in every code host.
 *
 * ```ts
 * const clauses = CodeHostContract.make({ make: Effect.succeed({ host, change, rivals, landed }) });
 * for (const { name, check } of clauses) it.live(name, () => check);
 * ```
 */
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import type { Change } from "../Agent.ts";
import type { CodeHost, Stacked, Standing } from "../CodeHost.ts";
import { type Gate, gates } from "../Task.ts";
import * as Contract from "./Contract.ts";

/** A code host with an empty base of its own, and the ways to feed and to read it. */
export interface Setup {
  readonly host: CodeHost["Service"];
  /** A new change, different from all others, that fits whatever else has landed. */
  readonly change: Effect.Effect<Change, unknown, Scope.Scope>;
  /** Two new changes that both fit the base, but not each other. */
  readonly rivals: Effect.Effect<readonly [Change, Change], unknown, Scope.Scope>;
  /** The branches of the changes that are in the base, one for each landing, the oldest first. */
  readonly landed: Effect.Effect<ReadonlyArray<string>, unknown, Scope.Scope>;
  /** The host as another process has it, over the same base; absent: this one again. */
  readonly reopened?: Effect.Effect<CodeHost["Service"], unknown, Scope.Scope>;
}

export interface Options extends Contract.Limits {
  /** A new code host for each clause. */
  readonly make: Effect.Effect<Setup, unknown, Scope.Scope>;
}

/** The clauses that every code host keeps, for a test runner to run. */
export const make = (options: Options): ReadonlyArray<Contract.Clause> => {
  const define = Contract.clauses(options);
  return rules.map(([name, rule]) => define(name, Effect.flatMap(options.make, rule)));
};

type Rule = (setup: Setup) => Effect.Effect<unknown, unknown, Scope.Scope>;

/** Lands a change, noting the gates that it passes. */
const land = (
  { host }: Setup,
  change: Change,
  passed: Array<Gate> = [],
  onGate: Effect.Effect<void> = Effect.void,
  stack?: Stacked,
) =>
  host.land({
    ...(stack === undefined ? {} : { stack }),
    run: "contract",
    task: { id: `task-${change.branch}` },
    attempt: 1,
    change,
    reached: (gate) =>
      Effect.andThen(
        Effect.sync(() => void passed.push(gate)),
        onGate,
      ),
  });

const isLanded = Effect.fnUntraced(function* (setup: Setup, changes: ReadonlyArray<Change>) {
  const branches = changes.map(({ branch }) => branch).sort();
  yield* Contract.expectEqual("what has landed", [...(yield* setup.landed)].sort(), branches);
});

/** Another change below one that is to be landed; `settled` says what becomes of it. */
const below = (now: () => Standing, settled: Effect.Effect<void>): Stacked => ({
  task: "below",
  attempt: 1,
  change: { branch: "below" },
  standing: now,
  settled,
});

const timesLanded = (setup: Setup, change: Change) =>
  Effect.map(setup.landed, (found) => found.filter((branch) => branch === change.branch).length);

/** Starts a landing and interrupts it after so many turns of the scheduler. */
const interruptAfter = Effect.fnUntraced(function* (setup: Setup, change: Change, turns: number) {
  const landing = yield* Effect.forkChild(land(setup, change), { startImmediately: true });
  for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow;
  yield* Fiber.interrupt(landing);
  const times = yield* timesLanded(setup, change);
  yield* Contract.expect(times <= 1, `the change has landed ${times} times`);
  return times;
});

const rules: ReadonlyArray<readonly [string, Rule]> = [
  [
    "names the gates that it reports, merged among them",
    Effect.fnUntraced(function* ({ host }: Setup) {
      yield* Contract.expect(host.gates.includes("merged"), "merged is not among its gates");
      yield* Contract.expectEqual("its gates", host.gates, [...new Set(host.gates)]);
      const unknown = host.gates.filter((gate) => !gates.includes(gate));
      yield* Contract.expectEqual("gates that do not exist", unknown, []);
    }),
  ],
  [
    "lands a change",
    Effect.fnUntraced(function* (setup: Setup) {
      const change = yield* setup.change;
      yield* isLanded(setup, []);
      yield* land(setup, change);
      yield* isLanded(setup, [change]);
    }),
  ],
  [
    "reports merged before it succeeds, and gates only that it names",
    Effect.fnUntraced(function* (setup: Setup) {
      const passed: Array<Gate> = [];
      yield* land(setup, yield* setup.change, passed);
      yield* Contract.expect(passed.includes("merged"), `it reports ${Contract.shown(passed)}`);
      const unnamed = passed.filter((gate) => !setup.host.gates.includes(gate));
      yield* Contract.expectEqual("gates that it does not name", unnamed, []);
    }),
  ],
  [
    "has the change in the base when it reports merged",
    Effect.fnUntraced(function* (setup: Setup) {
      const change = yield* setup.change;
      const passed: Array<Gate> = [];
      const early: Array<string> = [];
      const look = Effect.flatMap(Effect.orDie(Effect.scoped(setup.landed)), (found) =>
        Effect.sync(() => {
          if (passed.at(-1) === "merged" && !found.includes(change.branch!)) early.push("merged");
        }),
      );
      yield* land(setup, change, passed, look);
      yield* Contract.expectEqual("reported before the change was there", early, []);
    }),
  ],
  [
    "lands changes one after the other in the order they come",
    Effect.fnUntraced(function* (setup: Setup) {
      const changes = [yield* setup.change, yield* setup.change, yield* setup.change];
      for (const change of changes) yield* land(setup, change);
      yield* Contract.expectEqual(
        "what has landed",
        yield* setup.landed,
        changes.map(({ branch }) => branch),
      );
    }),
  ],
  [
    "lands each of many changes that come at once, once",
    Effect.fnUntraced(function* (setup: Setup) {
      const changes = yield* Effect.all([setup.change, setup.change, setup.change, setup.change]);
      yield* Effect.forEach(changes, (change) => land(setup, change), {
        concurrency: "unbounded",
        discard: true,
      });
      yield* isLanded(setup, changes);
    }),
  ],
  [
    "lands what stands on another change only when that has landed",
    Effect.fnUntraced(function* (setup: Setup) {
      const change = yield* setup.change;
      const before: Array<string> = [];
      let standing: Standing = { _tag: "Open" };
      const settled = Effect.map(Effect.orDie(Effect.scoped(setup.landed)), (found) => {
        before.push(...found);
        standing = { _tag: "Landed" };
      });
      const stack = below(() => standing, settled);
      yield* land(setup, change, [], Effect.void, stack);
      yield* Contract.expectEqual("what was there before that landed", before, []);
      yield* isLanded(setup, [change]);
    }),
  ],
  [
    "asks a person about what stands on a change that does not land",
    Effect.fnUntraced(function* (setup: Setup) {
      const stack = below(() => ({ _tag: "Ended", outcome: "Failed" }), Effect.void);
      const landing = land(setup, yield* setup.change, [], Effect.void, stack);
      const error = yield* Effect.flip(landing);
      yield* Contract.expectEqual("the reason", error.reason, "Undecided");
      yield* isLanded(setup, []);
    }),
  ],
  [
    "lands a change once, however often it is asked",
    Effect.fnUntraced(function* (setup: Setup) {
      const change = yield* setup.change;
      yield* land(setup, change);
      yield* Effect.exit(land(setup, change));
      yield* isLanded(setup, [change]);
    }),
  ],
  [
    "lands a change again that has landed, once",
    Effect.fnUntraced(function* (setup: Setup) {
      const change = yield* setup.change;
      const later = yield* setup.change;
      yield* land(setup, change);
      yield* land(setup, change);
      yield* land(setup, later);
      const passed: Array<Gate> = [];
      const host = yield* setup.reopened ?? Effect.succeed(setup.host);
      yield* land({ ...setup, host }, change, passed);
      yield* Contract.expect(passed.includes("merged"), `it reports ${Contract.shown(passed)}`);
      yield* Contract.expectEqual("what has landed", yield* setup.landed, [
        change.branch,
        later.branch,
      ]);
    }),
  ],
  [
    "refuses a change that does not fit as a conflict with its paths, and leaves the base alone",
    Effect.fnUntraced(function* (setup: Setup) {
      const [first, second] = yield* setup.rivals;
      yield* land(setup, first);
      const passed: Array<Gate> = [];
      const refused = yield* Effect.result(land(setup, second, passed));
      if (refused._tag === "Success") return yield* Effect.fail("both changes have landed");
      yield* Contract.expectEqual("the reason", refused.failure.reason, "Conflict");
      yield* Contract.expect(refused.failure.paths.length > 0, "the paths in conflict are missing");
      yield* Contract.expect(refused.failure.message !== "", "the conflict has no message");
      yield* Contract.expect(!passed.includes("merged"), "merged is reported");
      yield* isLanded(setup, [first]);
    }),
  ],
  [
    "lands one of two rivals that come at once",
    Effect.fnUntraced(function* (setup: Setup) {
      const rivals = yield* setup.rivals;
      const exits = yield* Effect.forEach(rivals, (change) => Effect.exit(land(setup, change)), {
        concurrency: "unbounded",
      });
      const landed = rivals.filter((_, index) => exits[index]!._tag === "Success");
      yield* Contract.expectEqual("how many report success", landed.length, 1);
      yield* isLanded(setup, landed);
    }),
  ],
  [
    "goes on after a conflict",
    Effect.fnUntraced(function* (setup: Setup) {
      const [first, second] = yield* setup.rivals;
      yield* land(setup, first);
      yield* Effect.exit(land(setup, second));
      const next = yield* setup.change;
      yield* land(setup, next);
      yield* isLanded(setup, [first, next]);
    }),
  ],
  [
    "has an interrupted change whole or not at all, and lands others after it",
    Effect.fnUntraced(function* (setup: Setup) {
      for (const turns of [0, 1, 2, 5, 20]) {
        const change = yield* setup.change;
        const times = yield* interruptAfter(setup, change, turns);
        yield* land(setup, yield* setup.change);
        yield* Contract.expectEqual("what landed later", yield* timesLanded(setup, change), times);
      }
    }),
  ],
  [
    "lands a change whose landing was interrupted, once",
    Effect.fnUntraced(function* (setup: Setup) {
      for (const turns of [0, 1, 5]) {
        const change = yield* setup.change;
        const times = yield* interruptAfter(setup, change, turns);
        const again = yield* Effect.exit(land(setup, change));
        const isThere = times === 1 || again._tag === "Success";
        yield* Contract.expect(isThere, "it does not land any more");
        yield* Contract.expectEqual("how often", yield* timesLanded(setup, change), 1);
      }
    }),
  ],
];
