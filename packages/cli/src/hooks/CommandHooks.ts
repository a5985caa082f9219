/**
 * Commands that run at events of a run: the event as JSON on standard input.
 *
 * Those of one hook run one after the other, of several side by side. Nothing that they do hurts
 * the run: what fails is a warning, what they print goes to the file `hooks.log` of the run.
 */
import { Events, type Journal } from "@orchestrator/core";
import type { Hook } from "@orchestrator/local/HookSchema";
import type * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Queue from "effect/Queue";
import * as Semaphore from "effect/Semaphore";
import * as Stream from "effect/Stream";
import { Screen } from "../terminal/Screen.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";
import * as Text from "../terminal/Text.ts";
import * as Outgoing from "./Outgoing.ts";

export interface Options {
  readonly hooks: ReadonlyArray<Hook>;
  readonly run: string;
  /** The folder of the run. */
  readonly folder: string;
  /** Where the commands run. */
  readonly cwd: string;
  readonly warn: (message: string) => Effect.Effect<void>;
}

export interface CommandHooks {
  readonly take: (entry: Journal.JournalEntry) => void;
  /** Comes when the last event that was taken is done with. */
  readonly end: Effect.Effect<void>;
  /** How many commands are at work or still to run. */
  readonly waiting: () => number;
}

/** How long one command may take. */
const deadline = "30 seconds";

/** Commands at work at once. */
const atOnce = 4;

/** Events that wait for one hook; what is beyond them is left out. */
const mostWaiting = 1_000;

/** What is kept of what one command prints, in UTF-16 code units. */
const mostPrinted = 16_384;

/** Variables that every command gets. */
const inherited = ["PATH", "HOME", "TMPDIR", "LANG"];

/** Runs commands until the scope closes, which ends those at work. */
export const open = Effect.fn("CommandHooks.open")(function* (options: Options) {
  const places = yield* Semaphore.make(atOnce);
  const print = yield* printer(options.folder);
  const lanes = yield* Effect.forEach(options.hooks, (hook) => lane(hook, options, places, print));
  return {
    take: (entry) => lanes.forEach((one) => one.take(entry)),
    end: Effect.forEach(lanes, (one) => one.end, { concurrency: "unbounded", discard: true }),
    waiting: () => lanes.reduce((sum, one) => sum + one.waiting(), 0),
  } satisfies CommandHooks;
});

/** The calls of one hook, in the order of the events. */
const lane = Effect.fnUntraced(function* (
  hook: Hook,
  options: Options,
  places: Semaphore.Semaphore,
  print: (text: string) => Effect.Effect<void>,
) {
  const queue = yield* Queue.dropping<Journal.JournalEntry, Cause.Done>(mostWaiting);
  const warn = warner(hook, options.warn);
  let count = 0;
  const one = Effect.fnUntraced(function* (entry: Journal.JournalEntry) {
    const message = Outgoing.of(entry);
    const { printed, problem } = yield* places.withPermits(1)(
      perform(hook, options, entry, message),
    );
    const head = `${new Date(entry.event.at).toISOString()} ${message.id} ${message.names.at(-1)}`;
    yield* print(`${head}: ${hook.run}: ${problem ?? "done"}\n${printed}`);
    if (problem !== undefined) yield* warn(`${problem} (event ${entry.sequence})`);
    count--;
  });
  const worker = yield* Effect.forkScoped(
    Stream.runForEach(Stream.fromQueue(queue), one).pipe(Effect.ignore),
  );
  return {
    take: (entry: Journal.JournalEntry): void => {
      if (Outgoing.isMeant(entry, [hook.on]) && Queue.offerUnsafe(queue, entry)) count++;
    },
    end: Effect.andThen(Queue.end(queue), Effect.asVoid(Fiber.await(worker))),
    waiting: () => count,
  };
});

/** Tells of the first failure of a hook, of the tenth, and so on. */
const warner = ({ on, run }: Hook, warn: Options["warn"]) => {
  let failures = 0;
  return (problem: string): Effect.Effect<void> => {
    failures++;
    if (!Events.isTold(failures)) return Effect.void;
    const times = failures === 1 ? "" : ` for the ${failures}th time`;
    return warn(`the command at ${on}, ${Text.line(run, 100)}, failed${times}: ${problem}`);
  };
};

interface Performed {
  readonly printed: string;
  readonly problem: string | undefined;
}

/** Interrupting it ends the whole process group, as the deadline does. */
const perform = Effect.fnUntraced(
  function* (
    { passEnv = [], run }: Hook,
    options: Options,
    { event, sequence }: Journal.JournalEntry,
    { body, names }: Outgoing.Outgoing,
  ) {
    const { environment } = yield* Screen;
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
    const [task] = Events.tasksOf(event);
    const env = {
      ...environment([...inherited, ...passEnv]),
      ORCHESTRATOR_EVENT: names.at(-1)!,
      ORCHESTRATOR_RUN_ID: options.run,
      ORCHESTRATOR_RUN_FOLDER: options.folder,
      ORCHESTRATOR_SEQUENCE: String(sequence),
      ...("task" in event && task !== undefined ? { ORCHESTRATOR_TASK_ID: task } : {}),
    };
    const handle = yield* spawner.spawn(
      ChildProcess.make("/bin/sh", ["-c", run], {
        cwd: options.cwd,
        env,
        stdin: Stream.make(new TextEncoder().encode(`${body}\n`)),
        forceKillAfter: "2 seconds",
      }),
    );
    let printed = "";
    const reading = Stream.runForEach(Stream.decodeText(handle.all), (chunk) =>
      Effect.sync(() => (printed = (printed + chunk).slice(-mostPrinted))),
    );
    const ended = yield* Effect.all([handle.exitCode, reading], { concurrency: "unbounded" }).pipe(
      Effect.timeoutOption(deadline),
    );
    if (Option.isNone(ended)) return { printed, problem: `it took longer than ${deadline}` };
    const code = Number(ended.value[0]);
    return { printed, problem: code === 0 ? undefined : `exit code ${code}` };
  },
  Effect.scoped,
  Effect.catch(({ message }) =>
    Effect.succeed<Performed>({ printed: "", problem: `it did not start: ${message}` }),
  ),
);

/** The largest `hooks.log`, in bytes; the rest of the run is not kept. */
const mostKept = 4 * 2 ** 20;

const printer = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = path.join(folder, "hooks.log");
  let isTold = false;
  return (text: string): Effect.Effect<void> =>
    Effect.gen(function* () {
      const size = yield* Effect.orElseSucceed(
        Effect.map(fs.stat(file), (stat) => Number(stat.size)),
        () => 0,
      );
      if (size > mostKept) return;
      const line = Scrubber.scrub(text.endsWith("\n") ? text : `${text}\n`);
      yield* fs.writeFileString(file, line, { flag: "a", mode: 0o600 });
    }).pipe(
      Effect.catch(({ message }) => {
        if (isTold) return Effect.void;
        isTold = true;
        return Effect.logWarning(
          `What commands at events print cannot be kept in ${file}: ${message}`,
        );
      }),
    );
});
