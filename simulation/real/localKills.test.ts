import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as LocalKills from "./localKills.ts";
import * as Place from "./Place.ts";
import * as Totals from "./Totals.ts";

/** Milliseconds; a dozen processes one after the other take a while on a busy machine. */
const timeout = 180_000;

let root = "";

beforeAll(async () => {
  root = await Place.temporary();
});

afterAll(() => Place.remove(root));

const points = [
  "after append RunStarted",
  "during git worktree add",
  "during spawn",
  "during git merge --ff-only",
];

describe("a run with local agents", () => {
  it(
    "ends as if its process had not been killed, each command started once",
    { timeout },
    async () => {
      const scenario = await LocalKills.make(root);
      const cases = await Totals.all(points, (at) => LocalKills.kill(scenario, root, at));
      expect(cases.flatMap(({ problems }) => problems)).toEqual([]);
      expect(Totals.kills(cases)).toBe(points.length);
    },
  );
});
