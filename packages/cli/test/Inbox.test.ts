import * as NodeServices from "@effect/platform-node/NodeServices";
import { Journal, Operator, type Orchestrator, RunState } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as TestClock from "effect/testing/TestClock";
import * as Inbox from "../src/operator/Inbox.ts";
import * as InboxServer from "../src/operator/InboxServer.ts";
import type { RunWanted } from "../src/run/RunWanted.ts";
import * as Journals from "./support/Journals.ts";
import * as Scene from "./support/Scene.ts";
import * as Screens from "./support/Screens.ts";

/** A run that tells what was asked of it. */
const handleOf = (seen: Array<unknown>, state = new RunState.RunState()) =>
  ({
    id: "r",
    state,
    cancel: (message?: string) => Effect.sync(() => void seen.push(message)),
    cancelTask: (task: string) => Effect.sync(() => (seen.push(task), task !== "done")),
    change: (change: Operator.Change) =>
      change._tag === "Decide"
        ? Effect.fail(new Operator.ChangeRefused({ message: "It is not held." }))
        : Effect.sync(() => void seen.push(change)),
  }) as unknown as Orchestrator.RunHandle;

const question = (folder: string, wish: Inbox.Wish): Inbox.Question => ({
  run: "r",
  folder,
  pid: 4711,
  wish,
});

const setup = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* fs.makeTempDirectoryScoped();
  const inbox = `${folder}/inbox`;
  yield* fs.makeDirectory(inbox);
  return { fs, folder, inbox };
});

describe("Inbox", () => {
  it.live("carries wishes to the process that works on the run, and its answers back", () =>
    Effect.gen(function* () {
      const { fs, folder, inbox } = yield* setup;
      const seen: Array<unknown> = [];
      yield* Effect.forkChild(InboxServer.serve(inbox, handleOf(seen)));
      const ask = (wish: Inbox.Wish) => Inbox.ask(question(folder, wish));
      const reopen: Operator.Change = { _tag: "Reopen", tasks: ["a"] };
      expect(yield* ask({ _tag: "CancelTask", task: "a" })).toBe("a is being cancelled.");
      yield* ask({ _tag: "Change", change: reopen });
      yield* ask({ _tag: "CancelRun" });
      expect(seen).toEqual(["a", reopen, "cancelled on request"]);
      const decide = { _tag: "Decide", task: "a", decision: "skip" } as const;
      const refused = yield* Effect.flip(ask({ _tag: "Change", change: decide }));
      expect(refused).toMatchObject({ _tag: "ChangeRefused", message: "It is not held." });
      // Nothing is left behind.
      expect(yield* fs.readDirectory(inbox)).toEqual([]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("tells whoever asks too late that the run is over", () =>
    Effect.gen(function* () {
      const { folder, inbox } = yield* setup;
      const state = Scene.stateOf([
        Scene.started(),
        { _tag: "RunEnded", at: Scene.now, outcome: "succeeded" },
      ]);
      yield* Effect.forkChild(InboxServer.serve(inbox, handleOf([], state)));
      const refused = yield* Effect.flip(Inbox.ask(question(folder, { _tag: "CancelRun" })));
      expect(refused.message).toBe("The run has ended meanwhile: succeeded.");
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("says that it is done if the run has ended because of it", () =>
    Effect.gen(function* () {
      const { folder, inbox } = yield* setup;
      const at = Scene.now;
      const state = Scene.stateOf([
        Scene.started(),
        { _tag: "RunStopping", at, cause: "cancelled", message: "cancelled on request" },
        { _tag: "RunEnded", at, outcome: "held" },
      ]);
      yield* Effect.forkChild(InboxServer.serve(inbox, handleOf([], state)));
      expect(yield* Inbox.ask(question(folder, { _tag: "CancelRun" }))).toBe(
        "It was cancelled, and the run has ended: held.",
      );
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.effect("gives up with 75 where nobody answers, and takes the request back", () =>
    Effect.gen(function* () {
      const { fs, folder, inbox } = yield* setup;
      const asking = yield* Effect.forkChild(
        Effect.flip(Inbox.ask(question(folder, { _tag: "CancelRun" }))),
      );
      const pass = Effect.forever(Effect.andThen(TestClock.adjust("1 second"), Effect.yieldNow));
      const error = yield* Effect.raceFirst(Fiber.join(asking), pass);
      expect(error.message).toMatch(
        /^process 4711 that works on the run r did not answer within 15 s; .*have it leave the run \(kill -INT 4711\)/,
      );
      expect(yield* fs.readDirectory(inbox)).toEqual([]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("tries again where the run is left by the process that was asked", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const screen = yield* Screens.make({});
      const root = screen.folder;
      yield* Journals.write(root, "r", [Scene.started({ run: "r" })]);
      const project = { root, folder: `${root}/.orchestrator` };
      const wanted = { project, run: "r", name: "r" } as RunWanted;
      let tries = 0;
      const alone = Effect.suspend(() =>
        ++tries === 1 ? Effect.fail(new Journal.RunLocked({ run: "r" })) : Effect.void,
      );
      yield* screen.run(Inbox.orAsk(wanted, [{ _tag: "CancelRun" }], alone));
      expect(tries).toBe(2);
      expect(yield* fs.readDirectory(`${root}/.orchestrator/runs/r/inbox`)).toEqual([]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.effect("does not do what nobody waits for any more, or what it does not understand", () =>
    Effect.gen(function* () {
      const { fs, inbox } = yield* setup;
      const seen: Array<unknown> = [];
      const late = { version: 1, until: -1, wish: { _tag: "CancelRun" } };
      yield* fs.writeFileString(`${inbox}/1.request.json`, JSON.stringify(late));
      yield* fs.writeFileString(`${inbox}/2.request.json`, '{"version":2}');
      const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
      const emit = `{"_tag":"Change","change":{"_tag":"Emit","name":"deep","data":${deep}}}`;
      yield* fs.writeFileString(
        `${inbox}/3.request.json`,
        `{"version":1,"until":1,"wish":${emit}}`,
      );
      yield* InboxServer.answerAll(inbox, handleOf(seen));
      expect(seen).toEqual([]);
      const answers = yield* Effect.forEach([1, 2, 3], (id) =>
        fs.readFileString(`${inbox}/${id}.answer.json`),
      );
      expect(answers.map((text) => JSON.parse(text)._tag)).toEqual(Array(3).fill("Refused"));
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
