/**
 * A picture that moves on a terminal, below everything that is written meanwhile.
 *
 * `log-update` draws it: only what changed, in one piece. What it does not do is
 * done here: it neither knows how a terminal breaks old lines when it becomes
 * narrower, nor who else writes to the same terminal.
 */
import type { WriteStream } from "node:tty";
import * as Effect from "effect/Effect";
import * as JobControl from "./JobControl.ts";
import * as Width from "./Width.ts";

/** A terminal, as far as it is drawn on. */
export type Terminal = Pick<WriteStream, "columns" | "rows" | "write">;

export interface Options {
  readonly terminal: Terminal;
  /** Whatever else writes to the same terminal, it included. */
  readonly writers: ReadonlyArray<Pick<WriteStream, "write">>;
  /** Whether lines that no longer fit are broken when the terminal becomes narrower (default true). */
  readonly breaksLines?: boolean;
}

/** Draws lines instead of those before. */
export type Draw = (lines: ReadonlyArray<string>) => Effect.Effect<void>;

const cursor = { hide: "\u001b[?25l", show: "\u001b[?25h" };
/** Characters that the terminal thinks wider than we do are cut off: a line never becomes two. */
const breaking = { off: "\u001b[?7l", on: "\u001b[?7h" };
/** What comes between them appears at once. */
const frame = { begin: "\u001b[?2026h", end: "\u001b[?2026l" };

/** A picture until the scope closes; the last one stays. */
export const make = Effect.fn("Picture.make")(function* (options: Options) {
  const { createLogUpdate } = yield* Effect.promise(() => import("log-update"));
  const { terminal, writers } = options;
  const write = terminal.write.bind(terminal) as (text: string) => boolean;
  const update = createLogUpdate(
    {
      isTTY: true,
      get columns() {
        return terminal.columns;
      },
      get rows() {
        return terminal.rows;
      },
      write: (text: string) => write(breaking.off + text + breaking.on),
    } as unknown as NodeJS.WriteStream,
    { showCursor: true },
  );
  let drawn: Drawn | undefined;
  const erase = (): string => {
    if (drawn === undefined) return "";
    const above = rowsOf(drawn, terminal.columns, options.breaksLines ?? true);
    drawn = undefined;
    update.done();
    return `${above === 0 ? "" : `\u001b[${above}A`}\r\u001b[J`;
  };
  const draw = (lines: ReadonlyArray<string>): void => {
    const { columns, rows } = terminal;
    const isResized = drawn !== undefined && (drawn.columns !== columns || drawn.rows !== rows);
    if (isResized) write(frame.begin + erase());
    update(lines.join("\n"));
    drawn = { lines, columns, rows };
  };
  /** Writes text where the picture is, and the picture below it. */
  const above = (text: string): void => {
    const lines = drawn?.lines ?? [];
    write(frame.begin + erase() + (text.endsWith("\n") ? text : `${text}\n`));
    draw(lines);
  };
  yield* Effect.forEach(writers, (writer) => shared(writer, () => drawn !== undefined, above), {
    discard: true,
  });
  yield* JobControl.around({
    begin: () => void write(cursor.hide),
    // The shell writes below it: what comes after that is another picture.
    end: () => {
      drawn = undefined;
      update.done();
      write(cursor.show);
    },
  });
  return (lines: ReadonlyArray<string>) => Effect.sync(() => draw(lines));
});

interface Drawn {
  readonly lines: ReadonlyArray<string>;
  readonly columns: number;
  readonly rows: number;
}

/** How many rows a picture takes now: what was too long for its line is on several since it was drawn. */
const rowsOf = (drawn: Drawn, columns: number, breaksLines: boolean): number => {
  let rows = 0;
  for (const line of drawn.lines) {
    let left = Width.shown(line);
    for (; left > drawn.columns; left -= drawn.columns) {
      rows += breaksLines ? Math.ceil(drawn.columns / columns) : 1;
    }
    rows += breaksLines ? Math.max(1, Math.ceil(left / columns)) : 1;
  }
  return rows;
};

/** Until the scope closes, what a stream is given to write goes through `instead` as long as that is possible. */
const shared = (
  stream: Pick<WriteStream, "write">,
  isPossible: () => boolean,
  instead: (text: string) => void,
) => {
  const write = stream.write.bind(stream) as (...args: ReadonlyArray<unknown>) => boolean;
  const replaced = (chunk: string | Uint8Array, ...rest: ReadonlyArray<unknown>): boolean => {
    if (chunk.length === 0 || !isPossible()) return write(chunk, ...rest);
    instead(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString());
    // Whoever waits for it is called once all of that is written.
    return write("", ...rest);
  };
  const own = Object.getOwnPropertyDescriptor(stream, "write");
  return Effect.acquireRelease(
    Effect.sync(() => {
      stream.write = replaced as WriteStream["write"];
    }),
    () =>
      Effect.sync(() => {
        // Usually it is the method of its class.
        if (own === undefined) delete (stream as { write?: unknown }).write;
        else Object.defineProperty(stream, "write", own);
      }),
  );
};
