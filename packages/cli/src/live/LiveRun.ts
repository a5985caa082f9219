/** A run on a terminal while it goes on: the picture moves, and keys do something. */
import type { Orchestrator, RunState, Task } from "@orchestrator/core";
import type { Statement } from "@orchestrator/github/Ledger";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Path from "effect/Path";
import * as Queue from "effect/Queue";
import * as Schedule from "effect/Schedule";
import type { Key } from "../terminal/Keyboard.ts";
import { Screen, type Sink } from "../terminal/Screen.ts";
import { Signals } from "../terminal/Signals.ts";
import type * as LogPane from "../view/LogPane.ts";
import * as LiveFrame from "./LiveFrame.ts";
import * as LiveModel from "./LiveModel.ts";
import * as LogTail from "./LogTail.ts";
import * as TaskOrder from "./TaskOrder.ts";

/** What the picture tells of a run beside its state. */
export interface About {
  /** The log file of an attempt, as an absolute path. */
  readonly log: (task: Task.TaskId, attempt: number) => string;
  /** What was asked of GitHub; undefined for a run that has nothing to do with it. */
  readonly ledger: (() => Statement) | undefined;
}

/** With so many tasks one picture costs more than eyes can use. */
const manyTasks = 20_000;

/** Shows a run until it ends. */
export const animate = Effect.fn("LiveRun.animate")(function* (
  handle: Orchestrator.RunHandle,
  sink: Sink,
  about: About,
) {
  const screen = yield* Screen;
  const draw = yield* sink.animation;
  const keys = yield* screen.keys;
  const queue = TaskOrder.startOrder();
  const { state } = handle;
  let model = keys === undefined ? undefined : LiveModel.initial;
  let frame: LiveFrame.Frame = { lines: [], most: 0, page: 1 };

  const picture = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis;
    const size = sink.size() ?? { columns: 80, rows: 24 };
    const progress = yield* handle.progress;
    const log = yield* logOf(state, model, about);
    const groups = TaskOrder.groups(state, queue);
    const ledger = about.ledger?.();
    const { paint } = sink;
    frame = LiveFrame.draw({ state, progress, groups, ledger, log, model, now, paint, ...size });
    yield* draw(frame.lines);
  });

  const pressed = Effect.fnUntraced(function* (key: Key) {
    const next = LiveModel.press(model!, key, {
      order: () => TaskOrder.groups(state, queue).flatMap(({ nodes }) => nodes.map(idOf(state))),
      most: frame.most,
      page: frame.page,
      isPaused: state.paused !== undefined || state.pausedAgents.size > 0,
    });
    model = next.model;
    if (next.wish === undefined) return yield* picture;
    const notice = yield* grant(handle, next.wish);
    model = { ...model, notice };
    return yield* picture;
  });

  const pause = state.size > manyTasks ? "1 second" : "100 millis";
  const moving = Effect.repeat(picture, Schedule.spaced(pause));
  const listening =
    keys === undefined ? Effect.never : Effect.forever(Effect.flatMap(Queue.take(keys), pressed));
  yield* Effect.raceFirst(Effect.raceFirst(moving, listening), Effect.exit(handle.result));
  // What stays is how the run ended, without keys that do nothing any more.
  model = undefined;
  yield* picture;
}, Effect.scoped);

const idOf = (state: RunState.RunState) => (node: number) => state.table.task(node).id;

/** The end of the log that is looked at. */
const logOf = Effect.fnUntraced(function* (
  state: RunState.RunState,
  model: LiveModel.Model | undefined,
  about: About,
) {
  if (model?.pane !== "log" || model.task === undefined) return undefined;
  const attempt = state.get(model.task)?.attempts.findLast(({ ref }) => ref !== undefined);
  if (attempt === undefined) return undefined;
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const file = about.log(model.task, attempt.number);
  const text = yield* LogTail.read(file);
  const near = path.relative(folder, file);
  return { file: near.startsWith("..") ? file : near, text } satisfies LogPane.Log;
});

/** Does what somebody wants of the run, and answers what came of it. */
const grant = Effect.fnUntraced(function* (handle: Orchestrator.RunHandle, wish: LiveModel.Wish) {
  const signals = yield* Signals;
  const change = (asked: Parameters<typeof handle.change>[0], done: string) =>
    handle.change(asked).pipe(
      Effect.as(done),
      Effect.catch(({ message }) => Effect.succeed(message)),
    );
  switch (wish._tag) {
    case "Leave":
      // The same as the signal, so that there is one way to leave a run.
      signals.raise("SIGINT");
      return "Leaving: agents go on …";
    case "Cancel": {
      const isStopped = yield* handle.cancelTask(wish.task, "cancelled on request");
      return isStopped ? `${wish.task} is being cancelled.` : `${wish.task} has ended already.`;
    }
    case "Retry":
      return yield* change({ _tag: "Reopen", tasks: [wish.task] }, `${wish.task} runs again.`);
    case "Pause":
      return yield* change({ _tag: "Pause" }, "Nothing new is launched; press p to go on.");
    case "Unpause":
      return yield* change({ _tag: "Unpause" }, "Launches go on.");
  }
});
