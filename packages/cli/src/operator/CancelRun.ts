/** Stops a run or a task, whoever works on it: what the command `cancel` does. */
import { Operator, type Orchestrator, type RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Stream from "effect/Stream";
import * as CodegenUse from "../plan/CodegenUse.ts";
import * as Config from "../config/Config.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Foreground from "../run/Foreground.ts";
import * as Inbox from "./Inbox.ts";
import * as Project from "../run/Project.ts";
import * as RestoredRun from "../run/RestoredRun.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunSetup from "../run/RunSetup.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import { Signals } from "../terminal/Signals.ts";
import * as Text from "../terminal/Text.ts";

export interface Options extends Config.Flags {
  /** A run or a task; with `run` a task. */
  readonly what: string;
  readonly run: Option.Option<string>;
}

/** Cancels, confirms it, and ends with 0 unless something could not be stopped. */
export const cancel = Effect.fn("CancelRun.cancel")(function* ({ run, what, ...flags }: Options) {
  const named = Option.isSome(run) ? undefined : yield* asRun(what);
  if (named !== undefined) {
    yield* wholeRun(named, flags);
    return { run: named.run, task: null };
  }
  const wanted = yield* RunWanted.open(Option.getOrUndefined(run));
  yield* oneTask(wanted, what, flags);
  return { run: wanted.run, task: what };
}, Effect.scoped);

/** Only a whole id or folder names a run here: a task may be called like the end of an id. */
const asRun = Effect.fnUntraced(function* (what: string) {
  const byFolder = yield* RunWanted.inFolder(what);
  if (byFolder !== undefined) return byFolder;
  const opened = yield* Project.open();
  return (yield* opened.journal.runs).includes(what)
    ? { ...opened, run: what, name: what }
    : undefined;
});

const wholeRun = Effect.fnUntraced(function* (wanted: RunWanted.RunWanted, flags: Config.Flags) {
  const told = yield* RunRecord.tell(wanted.journal, wanted.run);
  const { outcome } = told.state;
  if (outcome !== undefined) return yield* refused(`The run has ended already: ${outcome}.`);
  yield* Inbox.orAsk(wanted, [{ _tag: "CancelRun" }], alone(wanted, told, flags));
});

/** Takes the run over to end it: nothing is launched, what agents still do is stopped. */
const alone = Effect.fnUntraced(function* (
  wanted: RunWanted.RunWanted,
  { events, state }: RunRecord.Told,
  flags: Config.Flags,
) {
  const backend = yield* restored(wanted, state, flags);
  const signal = AbortSignal.abort(onRequest);
  const resumed = backend.orchestrator.resume(wanted.run, { signal });
  const { results } = backend.setup;
  const shown = { json: false, plain: true, seen: events, results };
  const result = yield* Foreground.follow(backend, resumed, shown);
  // To be cancelled is what was wanted; an agent that cannot be stopped is held.
  const isStopped = result.outcome === "cancelled" && result.state.count("Held") === 0;
  if (!isStopped) yield* Foreground.judge(result);
});

const restored = Effect.fnUntraced(function* (
  wanted: RunWanted.RunWanted,
  state: RunState.RunState,
  flags: Config.Flags,
) {
  const { run } = wanted;
  const setup = yield* RunSetup.decode(run, state.context);
  const file = setup.config;
  const { config, isNeeded } = yield* CodegenUse.ofRun(run, state, flags, { file });
  // Nothing is launched: what agents could do elsewhere does not matter.
  const codegen = isNeeded ? yield* Config.codegenOf(config) : undefined;
  const slots = state.concurrency;
  const known = { wanted, setup, state, slots, config, flags, codegen };
  return yield* RestoredRun.make({ ...known, launches: false });
});

const onRequest = "cancelled on request";

const oneTask = Effect.fnUntraced(function* (
  wanted: RunWanted.RunWanted,
  task: string,
  flags: Config.Flags,
) {
  const { state } = yield* RunRecord.tell(wanted.journal, wanted.run);
  const found = state.get(task);
  const run = Text.line(wanted.run);
  if (found === undefined) {
    return yield* refused(
      `There is no run and, in the run ${run}, no task ${JSON.stringify(Text.line(task))}.`,
    );
  }
  if (found.outcome !== undefined) {
    return yield* refused(`${Text.line(task)} has ended in the run ${run}: it is ${found.phase}.`);
  }
  yield* Inbox.orAsk(wanted, [{ _tag: "CancelTask", task }], taskAlone(wanted, state, task, flags));
});

/** Takes the run over for as long as it takes to stop one task, and launches nothing. */
const taskAlone = Effect.fnUntraced(function* (
  wanted: RunWanted.RunWanted,
  state: RunState.RunState,
  task: string,
  flags: Config.Flags,
) {
  const { command, out } = yield* Screen;
  const signals = yield* Signals;
  const { orchestrator } = yield* restored(wanted, state, flags);
  const stopping = Effect.gen(function* () {
    const handle = yield* orchestrator.resume(wanted.run, { isPaused: true });
    yield* Effect.raceFirst(stopped(handle, task), signals.first).pipe(
      Effect.ensuring(handle.suspend("left once a task was cancelled")),
    );
    return handle.state;
  });
  const ended = yield* signals.handledBy(stopping);
  const { phase } = ended.get(task)!;
  const go = `${command} ${Shell.line("resume", wanted.name)}`;
  const next = ended.outcome === undefined ? ` Go on with the run: ${go}` : "";
  yield* out.print(`${Text.line(task)}: ${phase.toLowerCase()}.${next}`);
  if (phase === "Held") {
    return yield* new Foreground.RunNotSucceeded({
      outcome: "held",
      exitCode: ExitCode.codes.held,
    });
  }
});

/** Waits until a task that is cancelled has ended. */
const stopped = Effect.fnUntraced(function* (handle: Orchestrator.RunHandle, task: string) {
  yield* handle.cancelTask(task, onRequest);
  const isOver = () => handle.state.get(task)?.outcome !== undefined;
  yield* Stream.runDrain(Stream.takeUntil(handle.events, isOver));
});

const refused = (message: string) => Effect.fail(new Operator.ChangeRefused({ message }));
