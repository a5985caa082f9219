/** What the command writes to, and what it knows of the place where it was started. */
import type { WriteStream } from "node:tty";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import * as Paint from "./Paint.ts";
import * as Shell from "./Shell.ts";

/** Standard output or standard error. */
export interface Sink {
  /** Writes text as it is, with a line end after it, and waits until it is taken. */
  readonly print: (text: string) => Effect.Effect<void>;
  readonly paint: Paint.Paint;
  /** Columns and rows of the terminal, or undefined if it is none. */
  readonly size: () => { readonly columns: number; readonly rows: number } | undefined;
  /** Draws over what it drew before, until the scope closes; the last picture stays. */
  readonly animation: Effect.Effect<
    (lines: ReadonlyArray<string>) => Effect.Effect<void>,
    never,
    Scope.Scope
  >;
}

export class Screen extends Context.Service<
  Screen,
  {
    readonly out: Sink;
    readonly error: Sink;
    /** Whether a moving picture would be out of place, as in the log of a build server. */
    readonly isStill: boolean;
    /** Whether a person can be asked something. */
    readonly canAsk: boolean;
    /** The folder in which the command was started. */
    readonly folder: string;
    /** How people call the orchestrator where they are, for a shell. */
    readonly command: string;
    /** Those of the named variables that are set. */
    readonly environment: (names: ReadonlyArray<string>) => Readonly<Record<string, string>>;
  }
>()("@orchestrator/cli/Screen") {
  /** The screen of a process. */
  static readonly layer = (process: NodeJS.Process): Layer.Layer<Screen> =>
    Layer.succeed(Screen, {
      out: sink(process.stdout),
      error: sink(process.stderr),
      canAsk: process.stdin.isTTY === true && process.stdout.isTTY === true,
      isStill: process.env["TERM"] === "dumb" || isSet(process.env["CI"]),
      folder: process.cwd(),
      command: Shell.called(pick(process.env, Shell.launchVariables)),
      environment: (names) => pick(process.env, names),
    });
}

const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== "" && value !== "0" && value !== "false";

const pick = (
  from: Readonly<Record<string, string | undefined>>,
  names: ReadonlyArray<string>,
): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]] as const])),
  );

type Stream = NodeJS.WriteStream & Partial<Pick<WriteStream, "hasColors">>;

const sink = (stream: Stream): Sink => {
  const isTerminal = stream.isTTY === true;
  return {
    print: (text) => write(stream, `${text}\n`),
    paint: isTerminal && stream.hasColors?.() === true ? Paint.ansi : Paint.plain,
    size: () =>
      isTerminal ? { columns: stream.columns || 80, rows: stream.rows || 24 } : undefined,
    animation: animate(stream),
  };
};

/** A broken stream is noticed elsewhere, by its error event, which comes before anything goes on here. */
const write = (stream: Stream, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const goOn = () => resume(Effect.void);
    stream.write(text, (error) => {
      if (error instanceof Error) setImmediate(goOn);
      else goOn();
    });
  });

const [hideCursor, showCursor] = ["\u001b[?25l", "\u001b[?25h"];

const animate = Effect.fnUntraced(function* (stream: Stream) {
  const { createLogUpdate } = yield* Effect.promise(() => import("log-update"));
  const update = createLogUpdate(stream, { showCursor: true });
  const restore = () => void stream.write(showCursor);
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      stream.write(hideCursor);
      process.once("exit", restore);
    }),
    () =>
      Effect.sync(() => {
        update.done();
        process.removeListener("exit", restore);
        restore();
      }),
  );
  return (lines: ReadonlyArray<string>) => Effect.sync(() => update(lines.join("\n")));
});
