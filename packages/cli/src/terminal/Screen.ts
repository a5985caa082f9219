/** What the command writes to, and what it knows of the place where it was started. */
import type { WriteStream } from "node:tty";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import * as Keyboard from "./Keyboard.ts";
import * as Link from "./Link.ts";
import * as Paint from "./Paint.ts";
import * as Picture from "./Picture.ts";
import * as Shell from "./Shell.ts";

/** Standard output or standard error. */
export interface Sink {
  /** Writes text as it is, with a line end after it, and waits until it is taken. */
  readonly print: (text: string) => Effect.Effect<void>;
  readonly paint: Paint.Paint;
  /** Columns and rows of the terminal, or undefined if it is none. */
  readonly size: () => { readonly columns: number; readonly rows: number } | undefined;
  /** Draws over what it drew before, until the scope closes; the last picture stays. */
  readonly animation: Effect.Effect<Picture.Draw, never, Scope.Scope>;
  /** Makes texts lead somewhere, where that works. */
  readonly links: Effect.Effect<Link.Link>;
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
    /** The keys that are pressed until the scope closes; undefined where nobody can press any. */
    readonly keys: Effect.Effect<Queue.Dequeue<Keyboard.Key> | undefined, never, Scope.Scope>;
    /** The folder in which the command was started. */
    readonly folder: string;
    /** How people call the orchestrator where they are, for a shell. */
    readonly command: string;
    /** Those of the named variables that are set. */
    readonly environment: (names: ReadonlyArray<string>) => Readonly<Record<string, string>>;
    /** All variables that are set and begin so. */
    readonly variables: (prefix: string) => Readonly<Record<string, string>>;
  }
>()("@orchestrator/cli/Screen") {
  /** The screen of a process. */
  static readonly layer = (process: NodeJS.Process): Layer.Layer<Screen> =>
    Layer.succeed(Screen, {
      out: sink(process.stdout, process),
      error: sink(process.stderr, process),
      keys: Keyboard.keys(process.stdin),
      canAsk: process.stdin.isTTY === true && process.stdout.isTTY === true,
      isStill: process.env["TERM"] === "dumb" || isSet(process.env["CI"]),
      folder: process.cwd(),
      command: Shell.called(pick(process.env, Shell.launchVariables)),
      environment: (names) => pick(process.env, names),
      variables: (prefix) => {
        const names = Object.keys(process.env).filter((name) => name.startsWith(prefix));
        return pick(process.env, names);
      },
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

const sink = (stream: Stream, { env, stderr, stdout }: NodeJS.Process): Sink => {
  const isTerminal = stream.isTTY === true;
  const terminal: Picture.Terminal = {
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
    write: stream.write.bind(stream),
  };
  return {
    print: (text) => write(stream, `${text}\n`),
    paint: isTerminal && stream.hasColors?.() === true ? Paint.ansi : Paint.plain,
    size: () => (isTerminal ? { columns: terminal.columns, rows: terminal.rows } : undefined),
    animation: Picture.make({
      terminal,
      writers: [stdout, stderr].filter(({ isTTY }) => isTTY),
      breaksLines: breaksLines(env),
    }),
    links: isTerminal ? Link.of(stream) : Effect.succeed(Link.none),
  };
};

/** Whether a terminal breaks lines that no longer fit when it becomes narrower, as most do. */
export const breaksLines = ({ TERM = "", TMUX, XTERM_VERSION }: NodeJS.ProcessEnv): boolean =>
  XTERM_VERSION === undefined &&
  !/^(linux|rxvt)/.test(TERM) &&
  (TMUX !== undefined || !TERM.startsWith("screen"));

/** A broken stream is noticed elsewhere, by its error event, which comes before anything goes on here. */
const write = (stream: Stream, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const goOn = () => resume(Effect.void);
    stream.write(text, (error) => {
      if (error instanceof Error) setImmediate(goOn);
      else goOn();
    });
  });
