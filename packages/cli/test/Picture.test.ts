import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Picture from "../src/terminal/Picture.ts";
import * as Emulator from "./support/Emulator.ts";

const numbered = (name: string, many: number, width = 10) =>
  Array.from({ length: many }, (_, index) => `${name} ${index} `.padEnd(width, "."));

const before = ["$ ls", "README.md", "$ orchestrator run"];

/** A terminal on which something was written before, and a picture below. */
const scene = Effect.fnUntraced(function* (size: Emulator.Size, breaksLines = true) {
  const emulator = Emulator.make(size);
  emulator.stream.write(`${before.join("\n")}\n`);
  const { stream } = emulator;
  const draw = yield* Picture.make({
    terminal: stream as unknown as Picture.Terminal,
    writers: [stream as unknown as Picture.Terminal],
    breaksLines,
  });
  const ask = <A>(answer: () => Promise<A>) => Effect.promise(answer);
  return {
    ...emulator,
    draw,
    screen: ask(emulator.screen),
    history: ask(emulator.history),
    cursor: ask(emulator.cursor),
    resize: (columns: number, rows: number) => ask(() => emulator.resize({ columns, rows })),
  };
});

describe("Picture", () => {
  it.effect("takes the place of the one before, longer or shorter, and leaves what is above", () =>
    Effect.gen(function* () {
      const { cursor, draw, history, screen } = yield* scene({ columns: 40, rows: 12 });
      for (const many of [3, 8, 8, 1, 5]) {
        const lines = numbered("line", many);
        yield* draw(lines);
        expect(yield* screen).toEqual([...before, ...lines]);
        expect(yield* cursor).toEqual({ column: 0, row: before.length + many });
      }
      expect(yield* history).toEqual([]);
    }),
  );

  it.effect("scrolls nothing, however often it is drawn on a full screen", () =>
    Effect.gen(function* () {
      const { draw, history, screen } = yield* scene({ columns: 40, rows: 10 });
      for (let turn = 0; turn < 200; turn++) {
        yield* draw(numbered(`turn ${turn}`, 1 + ((turn * 7) % 9)));
      }
      yield* draw(numbered("last", 9));
      expect(yield* screen).toEqual(numbered("last", 9));
      expect(yield* history).toEqual(before);
    }),
  );

  it.effect("writes nothing where nothing has changed, and one line where one has", () =>
    Effect.gen(function* () {
      const { draw, written } = yield* scene({ columns: 40, rows: 12 });
      const lines = numbered("line", 5);
      yield* draw(lines);
      written.length = 0;
      yield* draw(lines);
      expect(written).toEqual([]);
      yield* draw(lines.with(3, "changed"));
      expect(written).toHaveLength(1);
      expect(written[0]).toContain("changed");
      expect(written[0]).not.toContain("line");
      expect(written[0]).toMatch(/\u001b\[\?2026h.*\u001b\[\?2026l/s);
    }),
  );

  it.effect(
    "is drawn anew, without a rest of it, when the terminal becomes narrower or wider",
    () =>
      Effect.gen(function* () {
        const { draw, history, resize, screen } = yield* scene({ columns: 60, rows: 60 });
        yield* draw(numbered("wide", 6, 60));
        for (const columns of [25, 60, 13, 59, 30, 120]) {
          yield* resize(columns, 60);
          const lines = numbered("now", 6, columns);
          yield* draw(lines);
          expect((yield* screen).slice(-6)).toEqual(lines);
          expect((yield* screen).join(" ")).not.toContain("wide");
          expect((yield* screen).filter((line) => line.startsWith("now 0"))).toHaveLength(1);
        }
        expect((yield* screen).slice(0, 3)).toEqual(before);
        expect(yield* history).toEqual([]);
      }),
  );

  it.effect("erases only what it drew on a terminal that does not break lines", () =>
    Effect.gen(function* () {
      const { draw, screen, terminal, resize } = yield* scene({ columns: 60, rows: 30 }, false);
      // The other buffer of a terminal is never broken anew.
      terminal.write("\u001b[?1049h\u001b[H");
      terminal.write(`${before.join("\n")}\n`);
      yield* draw(numbered("wide", 6, 60));
      yield* resize(25, 30);
      const lines = numbered("now", 6, 25);
      yield* draw(lines);
      expect(yield* screen).toEqual([...before, ...lines]);
    }),
  );

  it.effect("stays on the screen when the terminal becomes lower than it", () =>
    Effect.gen(function* () {
      const { draw, history, resize, screen } = yield* scene({ columns: 40, rows: 20 });
      yield* draw(numbered("high", 16));
      yield* resize(40, 8);
      yield* draw(numbered("low", 7));
      expect(yield* screen).toEqual(numbered("low", 7));
      const gone = (yield* history).length;
      for (let turn = 0; turn < 20; turn++) yield* draw(numbered(`low ${turn}`, 7));
      expect(yield* history).toHaveLength(gone);
      expect((yield* history).slice(0, 3)).toEqual(before);
    }),
  );

  it.effect("stays below what is written meanwhile, whole or in pieces", () =>
    Effect.gen(function* () {
      const { cursor, draw, screen, stream, written } = yield* scene({ columns: 40, rows: 20 });
      const lines = numbered("line", 4);
      yield* draw(lines);
      stream.write("warning: one\n");
      stream.write(Buffer.from("warning: two\nand three"));
      expect(yield* screen).toEqual([
        ...before,
        "warning: one",
        "warning: two",
        "and three",
        ...lines,
      ]);
      expect(yield* cursor).toEqual({ column: 0, row: 10 });
      let isTold = false;
      stream.write("with an answer\n", () => (isTold = true));
      expect(isTold).toBe(true);
      written.length = 0;
      yield* draw(lines);
      expect(written).toEqual([]);
    }),
  );

  it.effect("is not broken by characters that the terminal thinks wider than we do", () =>
    Effect.gen(function* () {
      const { draw, screen } = yield* scene({ columns: 10, rows: 20 });
      for (const name of ["one", "two"]) {
        // Two columns by graphemes; six for a terminal that knows none.
        yield* draw([`12345678👩‍🚀`, name]);
        expect((yield* screen).slice(-1)).toEqual([name]);
        expect(yield* screen).toHaveLength(before.length + 2 + 1);
      }
    }),
  );

  it.effect("gives the cursor and the stream back", () =>
    Effect.gen(function* () {
      const { screen, stream, written } = yield* Effect.scoped(
        Effect.gen(function* () {
          const made = yield* scene({ columns: 40, rows: 20 });
          yield* made.draw(["last"]);
          return made;
        }),
      );
      expect(written.join("")).toMatch(/\u001b\[\?25l.*\u001b\[\?25h$/s);
      stream.write("after\n");
      expect(yield* screen).toEqual([...before, "last", "after"]);
      expect(written.at(-1)).toBe("after\n");
    }),
  );
});
