import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Table from "../src/view/Table.ts";
import * as Width from "../src/terminal/Width.ts";

const columns: ReadonlyArray<Table.Column> = [
  { title: "TASK" },
  { title: "TRIES", isRight: true },
  { title: "RESULT", least: 6 },
];

const draw = (rows: ReadonlyArray<ReadonlyArray<string>>, room?: number) =>
  Table.lines(
    columns,
    rows.map((row) => row.map((text) => ({ text }))),
    room,
    (title) => title,
  );

describe("Table", () => {
  it("writes columns under each other, numbers at the right", () => {
    expect(
      draw([
        ["日本", "1", "merged"],
        ["b", "12", ""],
      ]),
    ).toEqual(["TASK  TRIES  RESULT", "日本      1  merged", "b        12"]);
  });

  it("cuts the elastic column first, then the widest ones", () => {
    const rows = [["a-long-name", "1", "a long result"]];
    expect(draw(rows, 30)).toEqual([
      "TASK         TRIES  RESULT",
      "a-long-name      1  a long re…",
    ]);
    expect(draw(rows, 20)).toEqual(["TASK   TRIES  RESULT", "a-lo…      1  a lon…"]);
  });

  it("fits wherever its titles can be cut to fit", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text, text), { maxLength: 5 }),
        fc.integer({ min: 10, max: 80 }),
        (rows, room) => {
          for (const line of draw(rows, room)) expect(Width.of(line)).toBeLessThanOrEqual(room);
        },
      ),
    );
  });

  it("draws texts once they have their width", () => {
    const cells = [
      { text: "abc", draw: (text: string) => `<${text}>` },
      { text: "1" },
      { text: "x" },
    ];
    expect(Table.lines(columns, [cells], undefined, (title) => title)[1]).toBe("<abc>       1  x");
  });
});
