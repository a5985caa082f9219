import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as Paint from "../src/terminal/Paint.ts";
import type { RunRow } from "../src/run/RunStatus.ts";
import * as RunsTable from "../src/view/RunsTable.ts";
import * as Width from "../src/terminal/Width.ts";

const row = (overrides: Partial<RunRow> = {}): RunRow => ({
  run: "20261121-120000-abcd",
  plan: "shop",
  session: null,
  owner: null,
  status: "succeeded",
  holder: null,
  started_at: null,
  ended_at: null,
  age_seconds: 60,
  total: 40,
  succeeded: 12,
  failed: 2,
  held: 1,
  skipped: 0,
  cancelled: 0,
  at_work: 3,
  waiting: 22,
  ...overrides,
});

const holder = { pid: 12_345, host: "h", since: 0 };

describe("RunsTable", () => {
  it("puts the figures of each run below their titles", () => {
    const rows = [
      row({ status: "running", holder, age_seconds: 7200 }),
      row({ run: "r", session: "rel" }),
    ];
    expect(RunsTable.lines(rows, 80, Paint.plain)).toEqual([
      "RUN                   STATE      AGE  DONE  FAIL  HELD  OPEN  OF  PLAN",
      "20261121-120000-abcd  pid 12345   2h    12     2     1    25  40  shop",
      "r                     succeeded   1m    12     2     1    25  40  shop (rel)",
    ]);
  });

  it("has a column for whatever there is, so that the figures add up", () => {
    const rows = [
      row({ status: "failed", failed: 0, held: 0, skipped: 3, cancelled: 4, waiting: 18 }),
    ];
    expect(RunsTable.lines(rows, 80, Paint.plain)).toEqual([
      "RUN                   STATE  AGE  DONE  FAIL  SKIP  CANC  OPEN  OF  PLAN",
      "20261121-120000-abcd  ended   1m    12     0     3     4    21  40  shop",
    ]);
  });

  it("fits on 80 columns whatever a plan is called, and lets nothing act on the terminal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (plan, evil) => {
        for (const line of RunsTable.lines(
          [row({ plan }), row({ plan: evil, status: "interrupted", skipped: 1, cancelled: 1 })],
          80,
          Paint.plain,
        )) {
          expect(Width.of(line)).toBeLessThanOrEqual(80);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });

  it("says why a run cannot be read", () => {
    const damaged = { run: "r", status: "damaged", error: "event 3 missing" } as const;
    expect(RunsTable.lines([damaged], 80, Paint.plain)[1]).toMatch(
      /^r {4}damaged .* event 3 missing$/,
    );
  });

  it("gives an age in its largest unit", () => {
    const ages = [0.4, 59.9, 60, 3599, 3600, 86_399, 86_400, 864_000].map(RunsTable.age);
    expect(ages).toEqual(["0s", "59s", "1m", "59m", "1h", "23h", "1d", "10d"]);
  });
});
